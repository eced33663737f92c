// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.tiers.file.SegmentFormat.Stream;
import io.pagestrata.tiers.file.index.IndexMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who may take which room of a durable tier, and when a dead segment gives it back. Forbidden: a
 * segment that goes while a crash must find it, or stays though none must; cleaning without the
 * room that it needs to make some, or syncs without theirs.
 */
class DurableRoomTest {
  private static final String FIRST = "segment-00000001.pss";
  private static final int SEGMENTS = 12;
  private static final int SEGMENT_BYTES = 1 << 20;
  private static final int RESERVE_BYTES = 2 * SEGMENT_BYTES;
  private static final long SYNC_BYTES = 3 << 20;
  private static final int AT_ONCE = 40;
  private static final int ROUNDS = 400;
  private static final int MOST_OBJECTS = 10_000;

  private final MemoryFiles files = new MemoryFiles();
  private final PlainHost host = new PlainHost();
  private final ZpageBatch batch = PlainHost.newBatch(AT_ONCE);
  private FileTier tier;
  private PageLog log;
  private long objects;

  @BeforeEach
  void open() throws IOException {
    tier =
        FileTier.durable(
            FileTierModelTest.settings(Path.of("x"), SEGMENTS, false),
            FileEncryption.none(),
            SYNC_BYTES,
            System::nanoTime,
            files,
            FileWear.unlimited(),
            IndexMode.OFF);
    host.use(tier);
    log = tier.log().orElseThrow();
    log.recover((pool, object, index, generation, tombstone, locator) -> {});
  }

  @AfterEach
  void close() {
    tier.close();
  }

  /** Writes back until the tier takes no more; the number of pages. */
  private long fill() throws IOException {
    while (host.store(batch, LongStream.range(objects, objects + AT_ONCE).toArray())
        == TierOutcome.STORED) {
      host.publish(batch);
      objects += AT_ONCE;
    }
    return objects;
  }

  private long free(Stream stream, Origin.Room room) {
    return tier.segments().freeBytes(stream, room);
  }

  private boolean hasFirst() {
    return files.list().contains(FIRST);
  }

  /** Locators of everything in the first segment, which is sealed. */
  private long[] first() {
    return host.table.values().stream()
        .mapToLong(PlainHost.Place::locator)
        .filter(locator -> tier.describe(locator).startsWith(FIRST))
        .toArray();
  }

  @Test
  void whatIsFreedGoesAtOnce() throws IOException {
    fill();
    for (long locator : first()) {
      assertThat(hasFirst()).isTrue();
      tier.free(locator);
    }
    tier.maintain();
    assertThat(hasFirst()).isFalse();
  }

  @Test
  void whatIsFreedForAfterASyncStaysUntilOneThatBeganLaterHasEnded() throws IOException {
    fill();
    long[] records = first();
    tier.freeAfterSync(records[0]);
    log.beginSync();
    tier.freeAfterSync(records[1]);
    log.endSync();
    for (int i = 2; i < records.length; i++) {
      tier.free(records[i]);
    }
    tier.maintain();
    assertThat(hasFirst()).as("the second was freed after that sync began").isTrue();
    log.beginSync();
    tier.maintain();
    assertThat(hasFirst()).isTrue();
    log.beginSync();
    log.endSync();
    tier.maintain();
    assertThat(hasFirst()).isFalse();
  }

  @Test
  void eachHasTheRoomThatIsKeptForIt() throws IOException {
    fill();
    assertThat(free(Stream.WRITEBACK, Origin.Room.USUAL)).isLessThan(SEGMENT_BYTES);
    assertThat(free(Stream.WRITEBACK, Origin.Room.OF_SYNCS)).isGreaterThanOrEqualTo(SYNC_BYTES);
    assertThat(free(Stream.CLEANING, Origin.Room.USUAL))
        .as("what is kept for cleaning, and nothing of what is kept for syncs")
        .isBetween((long) RESERVE_BYTES, (long) RESERVE_BYTES + SEGMENT_BYTES);
    long before;
    do {
      before = free(Stream.WRITEBACK, Origin.Room.OF_SYNCS);
      batch.clear();
      for (int i = 0; i < AT_ONCE; i++) {
        host.add(batch, objects++);
      }
    } while (append(batch));
    assertThat(before).as("left to syncs").isLessThan(SEGMENT_BYTES);
    assertThat(free(Stream.CLEANING, Origin.Room.USUAL))
        .as("what syncs leave to cleaning")
        .isGreaterThanOrEqualTo(RESERVE_BYTES);
    int removals = 0;
    while (log.append(tombstones()) == TierOutcome.STORED) {
      removals++;
    }
    assertThat(removals).isPositive();
    assertThat(free(Stream.CLEANING, Origin.Room.USUAL))
        .as("what removals leave to cleaning")
        .isGreaterThanOrEqualTo(RESERVE_BYTES);
  }

  /** As many as go into a batch. */
  private ZpageBatch tombstones() {
    ByteBuffer record = ByteBuffer.allocateDirect(ZpageHeader.BYTES);
    batch.clear();
    do {
      long object = objects++;
      ZpageHeader.write(
          record, 0, 1, object, 0, object, 0, ZpageHeader.FLAG_TOMBSTONE, PlainHost.PAGE_SHIFT, 0);
      ZpageHeader.seal(record, 0, new CRC32C());
    } while (batch.add(record, 0, ZpageHeader.BYTES, 0));
    return batch;
  }

  private boolean append(ZpageBatch stored) throws IOException {
    boolean taken = log.append(stored) == TierOutcome.STORED;
    if (taken) {
      host.publish(stored);
    }
    return taken;
  }

  @Test
  void aSyncWithoutRoomMakesSome() throws IOException {
    fill();
    for (long object = 0; object < objects; object++) {
      if (object % 4 != 0) {
        tier.free(host.table.remove(object).locator());
      }
    }
    int made = 0;
    for (int round = 0; round < ROUNDS; round++) {
      batch.clear();
      for (int i = 0; i < AT_ONCE; i++) {
        host.add(batch, objects + i);
      }
      if (append(batch)) {
        objects += AT_ONCE;
        // Sparse segments, of which none is dead by itself.
        host.objects().stream()
            .filter(object -> object % 4 != 0 || object < objects - MOST_OBJECTS)
            .forEach(object -> tier.free(host.table.remove(object).locator()));
      } else {
        assertThat(log.makeRoom()).as("room in round %d", round).isTrue();
        made++;
      }
    }
    assertThat(made).isPositive();
  }

  @Test
  void whereNothingIsDeadNoRoomIsMade() throws IOException {
    fill();
    do {
      batch.clear();
      for (int i = 0; i < AT_ONCE; i++) {
        host.add(batch, objects++);
      }
    } while (append(batch));
    assertThat(log.makeRoom()).isFalse();
  }
}
