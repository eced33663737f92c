// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.PageLog;
import io.pagestrata.core.tier.SalvageReport;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.zip.CRC32C;

/**
 * A page table as plain as can be: object number to locator and generation. The payload of a zpage
 * follows from object and generation, so every read can be checked against nothing but its key.
 */
final class PlainHost implements TierHost {
  static final int PAGE_SHIFT = 12;
  static final int PAGE_BYTES = 1 << PAGE_SHIFT;

  record Place(long locator, long generation) {}

  final Map<Long, Place> table = new ConcurrentHashMap<>();
  final List<Long> salvaged = new ArrayList<>();
  final Set<Long> whole = new HashSet<>();

  /** Objects of which a tombstone is still needed. */
  final Set<Long> removed = new HashSet<>();

  /** Told of each object that cleaning asks for, and wants to be repointed; may throw. */
  LongConsumer asked = object -> {};

  LongConsumer repointed = object -> {};

  final AtomicInteger spaceFreed = new AtomicInteger();
  final AtomicInteger pressure = new AtomicInteger();
  private final AtomicLong generation = new AtomicLong();
  private final ByteBuffer zpage = ByteBuffer.allocateDirect(ZpageHeader.BYTES + PAGE_BYTES);
  private final CRC32C crc = new CRC32C();
  private Tier tier;

  void use(Tier newTier) {
    tier = newTier;
    tier.attach(this);
  }

  /** Uses a durable tier, with the zpages that an earlier one left; each tombstone is needed. */
  void recover(FileTier newTier) throws IOException {
    use(newTier);
    table.clear();
    PageLog log = newTier.log().orElseThrow();
    log.recover(
        (pool, object, index, recovered, tombstone, locator) -> {
          if (tombstone) {
            removed.add(object);
            return;
          }
          Place old = table.get(object);
          boolean newer = old == null || old.generation() < recovered;
          if (newer) {
            table.put(object, new Place(locator, recovered));
          }
          if (old != null) {
            newTier.free(newer ? old.locator() : locator);
          }
        });
    if (log.nextPool() < 2) {
      log.savePools(List.of(new PageLog.SavedPool(1, "a", "", false, false)), 2);
    }
  }

  /** A batch with room for whole pages. */
  static ZpageBatch newBatch(int pages) {
    return new ZpageBatch(ByteBuffer.allocateDirect(pages * (PAGE_BYTES + 64)), PAGE_BYTES);
  }

  static int payloadBytes(long object, long generation) {
    return 1 + new Random(object * 31 + generation).nextInt(2 * 1468 - 1);
  }

  /** Builds the zpage of an object at a new generation and adds it to a batch. */
  long add(ZpageBatch batch, long object) {
    return add(batch, object, -1);
  }

  /** The same with a payload of a given length, or of one that follows from the key. */
  synchronized long add(ZpageBatch batch, long object, int givenBytes) {
    long mine = generation.incrementAndGet();
    int bytes = givenBytes < 0 ? payloadBytes(object, mine) : givenBytes;
    ZpageHeader.write(zpage, 0, 1, object, 0, mine, 1, 0, PAGE_SHIFT, bytes);
    byte[] payload = new byte[bytes];
    new Random(object ^ mine << 20).nextBytes(payload);
    zpage.put(ZpageHeader.BYTES, payload);
    ZpageHeader.seal(zpage, 0, crc);
    return batch.add(zpage, 0, ZpageHeader.BYTES + bytes, 0) ? mine : -1;
  }

  /** Stores objects in one batch without telling the page table. */
  TierOutcome store(ZpageBatch batch, long... objects) throws IOException {
    batch.clear();
    for (long object : objects) {
      assertThat(add(batch, object)).isPositive();
    }
    return tier.store(batch);
  }

  /** Enters every zpage of a stored batch and frees what it replaces. */
  void publish(ZpageBatch batch) {
    for (int i = 0; i < batch.count(); i++) {
      publish(batch, i);
    }
  }

  void publish(ZpageBatch batch, int i) {
    ByteBuffer data = batch.data();
    int offset = batch.offset(i);
    Place place = new Place(batch.toLocator(i), ZpageHeader.generation(data, offset));
    Place old = table.put(ZpageHeader.object(data, offset), place);
    if (old != null) {
      tier.freeAfterSync(old.locator());
    }
  }

  /** Stores and publishes objects, which must succeed. */
  void put(ZpageBatch batch, long... objects) throws IOException {
    assertThat(store(batch, objects)).isEqualTo(TierOutcome.STORED);
    publish(batch);
  }

  void remove(long object) {
    Place old = table.remove(object);
    if (old != null) {
      tier.freeAfterSync(old.locator());
    }
  }

  List<Long> objects() {
    return new ArrayList<>(table.keySet());
  }

  /**
   * Reads an object as the store does and checks every byte.
   *
   * @return false when the table has none
   */
  boolean read(long object, ByteBuffer scratch, CRC32C readerCrc) throws IOException {
    while (true) {
      Place place = table.get(object);
      if (place == null) {
        return false;
      }
      int result =
          tier.read(
              place.locator(),
              scratch,
              (memory, offset, available) -> {
                if (!place.equals(table.get(object))) {
                  return 0;
                }
                return ZpageHeader.verify(memory, offset, available, readerCrc)
                        && ZpageHeader.isFor(memory, offset, 1, object, 0)
                        && ZpageHeader.generation(memory, offset) == place.generation()
                    ? 1
                    : 2;
              });
      if (result == 1) {
        return true;
      }
      assertThat(result == 2 && place.equals(table.get(object)))
          .as("damaged object %d at %s", object, tier.describe(place.locator()))
          .isFalse();
    }
  }

  @Override
  public boolean isLive(ByteBuffer memory, int offset, long locator) {
    asked.accept(ZpageHeader.object(memory, offset));
    Place place = table.get(ZpageHeader.object(memory, offset));
    if ((ZpageHeader.flags(memory, offset) & ZpageHeader.FLAG_TOMBSTONE) != 0) {
      return removed.contains(ZpageHeader.object(memory, offset));
    }
    return place != null
        && place.locator() == locator
        && place.generation() == ZpageHeader.generation(memory, offset);
  }

  @Override
  public boolean relocate(ByteBuffer memory, int offset, long from, long to) {
    repointed.accept(ZpageHeader.object(memory, offset));
    long mine = ZpageHeader.generation(memory, offset);
    return table.replace(
        ZpageHeader.object(memory, offset), new Place(from, mine), new Place(to, mine));
  }

  /**
   * Pages that are {@link #whole} elsewhere are written again; here it is enough to forget them.
   */
  @Override
  public void salvage(LongPredicate damaged, SalvageReport report) {
    for (long object : objects()) {
      long locator = table.get(object).locator();
      if (damaged.test(locator)) {
        salvaged.add(object);
        if (whole.contains(object)) {
          remove(object);
        }
        report.page(1, object, 0, locator, whole.contains(object));
      }
    }
  }

  @Override
  public void underPressure() {
    pressure.incrementAndGet();
  }

  @Override
  public void spaceFreed() {
    spaceFreed.incrementAndGet();
  }
}
