// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pagestrata.daemon.report.Unit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiguresTest {
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.5, 0.7, 0.8, 0.9, 0.95})
  void amplificationSolvesTheEquationItComesFrom(double liveShare) {
    double amplification = WriteAmplification.uniformOverwrites(liveShare);
    // In a log cleaned by age, what is left of a segment when its turn comes was overwritten by no
    // write of a whole round of the disk.
    double leftOver = Math.exp(-1 / (liveShare * amplification));
    assertThat(1 - 1 / amplification).isCloseTo(leftOver, within(1e-9));
  }

  @Test
  void theMedianForgivesOutliers() {
    assertThat(Comparison.median(new double[] {9000, 2, 1})).isEqualTo(2);
    assertThat(Comparison.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
  }

  @Test
  void oursAndLimitTakeTurnsAndTheRatioIsTakenRoundByRound() throws Exception {
    List<String> order = new ArrayList<>();
    Deque<Double> ours = new ArrayDeque<>(List.of(1.0, 1.0, 10.0, 40.0, 90.0));
    Deque<Double> limit = new ArrayDeque<>(List.of(1.0, 1.0, 10.0, 20.0, 30.0));
    Comparison comparison =
        Comparison.of(
            3,
            () -> {
              order.add("ours");
              return ours.remove();
            },
            () -> {
              order.add("limit");
              return limit.remove();
            });
    assertThat(order)
        .containsExactly(
            "ours", "limit", "limit", "ours", "ours", "limit", "limit", "ours", "ours", "limit");
    assertThat(comparison.ours()).isEqualTo(40);
    assertThat(comparison.limit()).isEqualTo(20);
    assertThat(comparison.ratio()).isEqualTo(2);
  }

  @Test
  void aTargetIsHeldAgainstTheRatioOrTheFigureItself() {
    Comparison comparison = new Comparison(120, 100, 1.2);
    assertThat(BenchRow.of("get", Unit.NANOS, comparison, Target.atMost(1.25), "").isMet())
        .isTrue();
    assertThat(BenchRow.of("get", Unit.NANOS, comparison, Target.atMost(1.15), "").isMet())
        .isFalse();
    assertThat(BenchRow.alone("bytes", Unit.BYTES, 17, Target.atMost(16), "").isMet()).isFalse();
    assertThat(BenchRow.alone("rate", Unit.RATIO, 1.8, Target.atLeast(1.7), "").isMet()).isTrue();
    Comparison scaling = new Comparison(1.8, 2.25, 0.8);
    assertThat(BenchRow.of("scaling", Unit.RATIO, scaling, Target.oursAtLeast(1.7), "").isMet())
        .isTrue();
    assertThat(BenchRow.of("scaling", Unit.RATIO, scaling, Target.oursAtLeast(1.9), "").isMet())
        .isFalse();
    assertThat(BenchRow.alone("codec", Unit.NANOS, 1, Target.NONE, "").isMet()).isNull();
  }
}
