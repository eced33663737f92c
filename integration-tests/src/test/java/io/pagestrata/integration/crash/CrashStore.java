// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.StoreSettings;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.tiers.codec.Codecs;
import io.pagestrata.tiers.codec.ZstdDictionaries;
import io.pagestrata.tiers.file.FileTier;
import io.pagestrata.tiers.file.FileTierSettings;
import io.pagestrata.tiers.file.FileWear;
import io.pagestrata.tiers.file.SegmentFiles;
import io.pagestrata.tiers.ram.RamSettings;
import io.pagestrata.tiers.ram.RamTier;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A durable store of a small RAM tier and tiny segments, in which nothing moves by itself. */
final class CrashStore implements AutoCloseable {
  static final int PAGE_BYTES = 4096;
  private static final int SEGMENT_BYTES = 64 << 10;
  private static final long FILE_BYTES = 24 * SEGMENT_BYTES;
  private static final long RAM_BYTES = 1 << 20;
  private static final long SYNC_RESERVE_BYTES = 6 * SEGMENT_BYTES;
  private static final long DICTIONARY_BYTES = 128 << 20;
  private static final long PAUSE_NANOS = Duration.ofSeconds(4).toNanos();

  final PageStore store;
  private final FileTier file;
  private final ZstdDictionaries dictionaries;
  private final AtomicLong clockNanos = new AtomicLong();
  private SteppedWriteback writeback;

  CrashStore(SegmentFiles files, CrashSetup setup) {
    FileTierSettings settings =
        new FileTierSettings(
            setup.index() == null ? Path.of("memory") : setup.index(),
            FILE_BYTES,
            SEGMENT_BYTES,
            PAGE_BYTES,
            false,
            0.6,
            2,
            2,
            Duration.ZERO);
    // A Chronicle Map takes its memory once, and leaves little for the page table.
    long ramBytes = setup.zpool() == ZpoolKind.CHRONICLE ? 4 * RAM_BYTES : RAM_BYTES;
    MemoryBudget budget = new MemoryBudget(ramBytes);
    Tier ram =
        new RamTier(
            new RamSettings(
                "ram",
                setup.zpool(),
                ramBytes,
                PAGE_BYTES,
                16 << 10,
                1,
                8,
                0.98,
                0.8,
                0.9,
                setup.eviction(),
                false),
            budget,
            System::nanoTime);
    // Training takes more than this store has; where the memory comes from makes no difference.
    dictionaries =
        new ZstdDictionaries(
            setup.codec().dictionaries, new MemoryBudget(DICTIONARY_BYTES), clockNanos::get);
    FileTier opened = null;
    try {
      opened =
          FileTier.durable(
              settings,
              setup.key().encryption(),
              SYNC_RESERVE_BYTES,
              System::nanoTime,
              files,
              FileWear.unlimited(),
              setup.indexMode());
      file = opened;
      store =
          new PageStore(
              new StoreSettings(
                  PAGE_BYTES,
                  Duration.ZERO,
                  Duration.ofSeconds(30),
                  true,
                  System::nanoTime,
                  StorePolicies.DEFAULT.with(setup.scope())),
              List.of(ram, file),
              budget,
              dictionaries.decoders(),
              dictionaries.encoder(Codecs.parse(setup.codec().codecName)),
              Promotion.ALWAYS.policy(),
              this::writeback);
    } catch (IOException e) {
      ram.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      ram.close();
      if (opened != null) {
        opened.close();
      }
      throw e;
    }
  }

  private Writeback writeback(Hierarchy hierarchy) {
    writeback = new SteppedWriteback(hierarchy);
    return writeback;
  }

  Hierarchy hierarchy() {
    return writeback.hierarchy();
  }

  /** Puts that shared since the store was opened. */
  long shared() {
    return store.stats().policies().deduplication().putsShared();
  }

  void stepWriteback() {
    writeback.step();
  }

  /** Some seconds later, trains a dictionary or looks which ones are still needed. */
  void stepDictionaries() {
    clockNanos.addAndGet(PAUSE_NANOS);
    dictionaries.step();
  }

  /** Dictionaries trained since the store was opened. */
  long trained() {
    return store.stats().dictionaries().trained();
  }

  /** Ends what is being written back. */
  void settle() {
    writeback.close();
  }

  /** One step of cleaning. */
  void maintain() throws IOException {
    file.maintain();
  }

  /** Frees memory as the end of a process does; whatever the store writes goes nowhere. */
  @Override
  public void close() {
    store.close();
  }
}
