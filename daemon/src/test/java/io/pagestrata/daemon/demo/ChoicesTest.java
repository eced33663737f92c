// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.daemon.input.SkewedPages;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChoicesTest {
  @Test
  void eachRoundGivesEveryPageTheBytesOfAnotherInputPage() {
    for (int pages : new int[] {1, 2, 7, 1000}) {
      ExpectedPages expected = new ExpectedPages(pages, 5);
      for (int round = 0; round < ExpectedPages.ROUNDS; round++) {
        BitSet sources = new BitSet();
        for (int page = 0; page < pages; page++) {
          sources.set(expected.source(page, round));
        }
        assertThat(sources.cardinality()).isEqualTo(pages);
      }
      assertThat(expected.source(0, 0)).isZero();
      assertThat(expected.source(0, 1) == 0).isEqualTo(pages == 1);
    }
  }

  @Test
  void aPageIsAbsentUntilPutAndAfterFlush() {
    ExpectedPages expected = new ExpectedPages(3, 5);
    assertThat(expected.isAbsent(1)).isTrue();
    expected.put(1, 2);
    assertThat(expected.isAbsent(1)).isFalse();
    assertThat(expected.round(1)).isEqualTo(2);
    expected.flushed(1);
    assertThat(expected.isAbsent(1)).isTrue();
  }

  @Test
  void skewedDrawsReachEverywhereButFavourFew() {
    int pages = 1000;
    int draws = 200_000;
    int[] drawn = new int[pages];
    SkewedPages skewed = new SkewedPages(pages, new SplittableRandom(3));
    for (int i = 0; i < draws; i++) {
      drawn[skewed.next()]++;
    }
    Arrays.sort(drawn);
    int hottest = 0;
    for (int i = pages - pages / 10; i < pages; i++) {
      hottest += drawn[i];
    }
    assertThat(drawn[0]).as("draws of the coldest page").isPositive();
    assertThat(hottest).as("draws of the hottest tenth").isBetween(draws / 2, draws * 9 / 10);
  }
}
