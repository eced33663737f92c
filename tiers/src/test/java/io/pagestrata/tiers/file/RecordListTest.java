// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordListTest {
  private final RecordList records = new RecordList();

  @Test
  void everyFieldComesBack() {
    records.add(0xffff_fff0, -5, -1, Long.MAX_VALUE, (1 << 23) - 1, (1 << 26) - 1, 1023, 31);
    assertThat(records.pool(0)).isEqualTo(0xffff_fff0);
    assertThat(records.object(0)).isEqualTo(-5);
    assertThat(records.index(0)).isEqualTo(-1);
    assertThat(records.generation(0)).isEqualTo(Long.MAX_VALUE);
    assertThat(records.segment(0)).isEqualTo((1 << 23) - 1);
    assertThat(records.offsetUnits(0)).isEqualTo((1 << 26) - 1);
    assertThat(records.lengthUnits(0)).isEqualTo(1023);
    assertThat(records.is(0, RecordList.TOMBSTONE)).isTrue();
    assertThat(records.is(0, RecordList.DAMAGED)).isTrue();
    assertThat(records.is(0, RecordList.LOST)).isTrue();
    assertThat(records.is(0, RecordList.REFERENCE)).isTrue();
    assertThat(records.is(0, RecordList.NO_DICTIONARY)).isTrue();
  }

  @Test
  void whatHasAFlagIsTakenOutOverManyChunks() {
    for (int i = 0; i < 50_000; i++) {
      records.add(1, i, 0, i, 0, i, 1, i % 3 == 0 ? RecordList.REFERENCE : RecordList.LOST);
    }
    records.removeAll(RecordList.REFERENCE);
    assertThat(records.size()).isEqualTo(33_333);
    for (int i = 0; i < records.size(); i++) {
      assertThat(records.object(i)).isEqualTo(i / 2 * 3 + 1 + i % 2);
      assertThat(records.is(i, RecordList.LOST)).isTrue();
    }
  }

  @Test
  void sortsByPageAndByGenerationOverManyChunks() {
    Random random = new Random(3);
    int count = 50_000;
    long sum = 0;
    for (int i = 0; i < count; i++) {
      long generation = 1 + random.nextInt(1000);
      sum += generation;
      records.add(1 + random.nextInt(3), random.nextInt(40), i % 50, generation, 1, i, 3, 0);
    }
    records.sortByPage();
    long kept = 0;
    for (int i = 0; i < count; i++) {
      kept += records.generation(i);
      if (i > 0 && records.isSamePage(i - 1, i)) {
        assertThat(records.generation(i - 1)).isLessThanOrEqualTo(records.generation(i));
      } else if (i > 0) {
        assertThat(records.object(i - 1)).isLessThanOrEqualTo(records.object(i));
      }
    }
    assertThat(kept).isEqualTo(sum);
    records.sortByGeneration();
    for (int i = 1; i < count; i++) {
      assertThat(records.generation(i - 1)).isLessThanOrEqualTo(records.generation(i));
    }
    records.clear();
    assertThat(records.size()).isZero();
  }

  @Test
  void equalRecordsAndSortedOnesAreNoTrouble() {
    for (int i = 0; i < 40_000; i++) {
      records.add(1, i / 20_000, 0, i / 10_000, 1, 1, 1, 0);
    }
    records.sortByPage();
    records.sortByPage();
    assertThat(records.generation(39_999)).isEqualTo(3);
  }
}
