// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefaultDistancePromotionTest {
  @ParameterizedTest
  @CsvSource({
    "1.0,    0, 100, false, true",
    "1.0,  100, 100, false, true",
    "1.0,  101, 100, false, false",
    "1.0, 1600, 100, true,  true",
    "0.5,   50, 100, false, true",
    "0.5,   51, 100, false, false",
    "2.0,  200, 100, false, true",
  })
  void promotesWithinReachOrWhenSeenBefore(
      double factor, long distance, long capacity, boolean referenced, boolean expected) {
    assertThat(new RefaultDistancePromotion(factor).promote(distance, capacity, referenced))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN})
  void refusesSenselessFactors(double factor) {
    assertThatThrownBy(() -> new RefaultDistancePromotion(factor))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rulesByName() {
    assertThat(Promotion.valueOf("ALWAYS").policy().promote(Long.MAX_VALUE, 1, false)).isTrue();
    assertThat(Promotion.valueOf("NEVER").policy().promote(0, 1, true)).isFalse();
    assertThat(Promotion.REFAULT_DISTANCE.policy().promote(1, 1, false)).isTrue();
    assertThat(Promotion.REFAULT_DISTANCE.settingName()).isEqualTo("refault-distance");
  }
}
