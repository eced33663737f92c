// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The list of the records of one segment grows as far as a segment can have records. */
class LocationListTest {
  private static final int ROW = LocationList.RECORD_BYTES;

  @Test
  void whatItHoldsStaysWhenItGrows() throws IOException {
    LocationList list = new LocationList(0);
    ByteBuffer header = ByteBuffer.allocate(ZpageHeader.BYTES);
    int records = 10_000;
    for (int i = 0; i < records; i++) {
      if (i % 1000 == 0) {
        list.reserve(i % 3000);
      }
      ZpageHeader.write(header, 0, 1, i, 2 * i, 3 * i + 1, 1, 0, 12, 100);
      list.add(header, 0, 10 * i, 10, 0);
    }
    List<Integer> positions = new ArrayList<>();
    list.show(
        new LocationList.Sink() {
          @Override
          public void content(long generation, int index) {
            throw new AssertionError("no page shares");
          }

          @Override
          public void record(
              int pool,
              long object,
              int index,
              long generation,
              boolean tombstone,
              int position,
              int units,
              int dictionary) {
            assertThat(index).isEqualTo(2 * (int) object);
            assertThat(generation).isEqualTo(3 * object + 1);
            positions.add(position);
          }
        });
    assertThat(positions).hasSize(records).isSorted().endsWith(10 * (records - 1));
  }

  /** A GiB of pages that share, two rows for each 48 bytes, is less than an array can hold. */
  @Test
  void itGrowsUpToTheLongestArray() {
    long mostRows = 2L * ((1 << 30) / 48);
    assertThat(LocationList.grown(0, ROW)).isEqualTo(ROW);
    assertThat(LocationList.grown(1 << 20, (1 << 20) + ROW)).isEqualTo(3 << 19);
    assertThat(LocationList.grown(1 << 30, (1L << 30) + ROW)).isEqualTo(3 << 29);
    assertThat(LocationList.grown(3 << 29, mostRows * ROW)).isPositive();
    assertThat(LocationList.grown(3 << 29, (3L << 29) + ROW))
        .isGreaterThan(3 << 29)
        .matches(bytes -> bytes % ROW == 0);
    assertThatThrownBy(() -> LocationList.grown(3 << 29, 1L << 31))
        .isInstanceOf(OutOfMemoryError.class);
  }
}
