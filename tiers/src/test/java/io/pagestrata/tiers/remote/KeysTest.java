// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
  private final Keys keys = new Keys("alpha", "3f0c91d2");

  @Test
  void namesReadAsTheyAreDocumented() {
    assertThat(Keys.text(keys.zpage(0x1a2b, 10))).isEqualTo("ps:alpha:3f0c91d2:{00001a2b}a");
    assertThat(Keys.text(keys.owner())).isEqualTo("ps:alpha:owner");
    assertThat(Keys.text(keys.alive())).isEqualTo("ps:alpha:3f0c91d2:alive");
  }

  // The check value of this CRC16 in the specification of clusters is that of the nine digits.
  @Test
  void theHashSlotIsThatOfTheTag() {
    assertThat(Keys.hashSlot(Keys.ascii("123456789"))).isEqualTo(0x31c3);
    assertThat(Keys.hashSlot(0x1a2b)).isEqualTo(Keys.hashSlot(Keys.ascii("00001a2b")));
    assertThat(Keys.hashSlot(0x1_0000_1a2bL)).isEqualTo(Keys.hashSlot(Keys.ascii("100001a2b")));
  }

  // Forbidden: the key of a late write of group n, met by group n + 2^32.
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 0xffff_ffffL})
  void numbersOfGroupsAreWhole(long number) {
    Set<String> all = new HashSet<>();
    for (int bits = 32; bits < Long.SIZE - 1; bits++) {
      all.add(Keys.text(keys.zpage(number + (1L << bits), 0)));
    }
    all.add(Keys.text(keys.zpage(number, 0)));
    assertThat(all).hasSize(Long.SIZE - 1 - 32 + 1);
  }

  @Test
  void eachPlaceHasAKeyOfItsOwn() {
    Set<String> all = new HashSet<>();
    for (int place = 0; place < Group.ZPAGES; place++) {
      all.add(Keys.text(keys.zpage(7, place)));
    }
    assertThat(all).hasSize(Group.ZPAGES);
  }

  @Test
  void namespaceAndRunAreReadFromKeys() {
    String zpage = Keys.text(keys.zpage(7, 3));
    assertThat(Keys.namespaceOf(zpage)).isEqualTo("alpha");
    assertThat(Keys.runOf(zpage)).isEqualTo("3f0c91d2");
    assertThat(Keys.namespaceOf(Keys.text(keys.owner()))).isEqualTo("alpha");
    assertThat(Keys.runOf(Keys.text(keys.owner()))).isNull();
    assertThat(Keys.runOf(Keys.text(keys.alive()))).isNull();
    assertThat(Keys.namespaceOf("session:alpha:1")).isNull();
    assertThat(Keys.namespaceOf("ps:alpha")).isNull();
  }
}
