// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierStats;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Walks a quiet tier: every page readable, live bytes of each segment equal to the records that the
 * page table names in it, files within the size.
 */
final class SpaceOracle {
  private SpaceOracle() {}

  static void check(FileTier tier, FileTierSettings settings, PlainHost host) throws IOException {
    FileLocators locators = new FileLocators(settings.recordAlignment(), settings.segmentBytes());
    Map<Integer, Long> expectedBytes = new HashMap<>();
    Map<Integer, Integer> expectedRecords = new HashMap<>();
    for (PlainHost.Place place : host.table.values()) {
      int slot = locators.slot(place.locator());
      expectedBytes.merge(slot, (long) locators.bytes(place.locator()), Long::sum);
      expectedRecords.merge(slot, 1, Integer::sum);
    }
    for (int slot = 0; slot < tier.segments().slotCount(); slot++) {
      Segment segment = tier.segments().at(slot);
      long bytes = segment == null ? 0 : segment.liveUnits() * settings.recordAlignment();
      int records = segment == null ? 0 : segment.liveRecords();
      assertThat(bytes)
          .as("live bytes in slot %d", slot)
          .isEqualTo(expectedBytes.getOrDefault(slot, 0L));
      assertThat(records)
          .as("live records in slot %d", slot)
          .isEqualTo(expectedRecords.getOrDefault(slot, 0));
    }
    TierStats stats = tier.stats();
    assertThat(stats.zpages()).isEqualTo(host.table.size());
    assertThat(stats.usedBytes()).isLessThanOrEqualTo(settings.maxBytes());
    var scratch = AlignedBuffers.allocate(tier.scratchBytes());
    CRC32C crc = new CRC32C();
    for (long object : host.objects()) {
      assertThat(host.read(object, scratch, crc)).isTrue();
    }
  }
}
