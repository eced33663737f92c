// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import io.pagestrata.core.Deduplication;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.StorePolicies;
import io.pagestrata.core.StoreSettings;
import io.pagestrata.core.eviction.Eviction;
import io.pagestrata.core.movement.Hierarchy;
import io.pagestrata.core.movement.Writeback;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.tiers.codec.Codecs;
import io.pagestrata.tiers.crypt.EncryptionKey;
import io.pagestrata.tiers.file.FileEncryption;
import io.pagestrata.tiers.file.FileTier;
import io.pagestrata.tiers.file.FileTierSettings;
import io.pagestrata.tiers.file.FileWear;
import io.pagestrata.tiers.file.SegmentFiles;
import io.pagestrata.tiers.file.index.IndexMode;
import io.pagestrata.tiers.ram.RamSettings;
import io.pagestrata.tiers.ram.RamTier;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A durable store of a small RAM tier and tiny segments, in which nothing moves by itself. */
final class CrashStore implements AutoCloseable {
  static final int PAGE_BYTES = 4096;
  static final EncryptionKey KEY = EncryptionKey.random();
  private static final int SEGMENT_BYTES = 64 << 10;
  private static final long FILE_BYTES = 24 * SEGMENT_BYTES;
  private static final long RAM_BYTES = 1 << 20;
  private static final long SYNC_RESERVE_BYTES = 6 * SEGMENT_BYTES;

  final PageStore store;
  private final FileTier file;
  private SteppedWriteback writeback;

  CrashStore(SegmentFiles files) {
    this(files, "lz4", Deduplication.OFF);
  }

  CrashStore(SegmentFiles files, Deduplication scope) {
    this(files, "lz4", scope);
  }

  CrashStore(SegmentFiles files, String codec, Deduplication scope) {
    this(files, codec, FileEncryption.with(KEY), scope);
  }

  private CrashStore(
      SegmentFiles files, String codec, FileEncryption encryption, Deduplication scope) {
    FileTierSettings settings =
        new FileTierSettings(
            Path.of("memory"),
            FILE_BYTES,
            SEGMENT_BYTES,
            PAGE_BYTES,
            false,
            0.6,
            2,
            2,
            Duration.ZERO);
    MemoryBudget budget = new MemoryBudget(RAM_BYTES);
    Tier ram =
        new RamTier(
            new RamSettings(
                "ram",
                ZpoolKind.LOG,
                RAM_BYTES,
                PAGE_BYTES,
                16 << 10,
                1,
                8,
                0.98,
                0.8,
                0.9,
                Eviction.S3_FIFO,
                false),
            budget,
            System::nanoTime);
    FileTier opened = null;
    try {
      opened =
          FileTier.durable(
              settings,
              encryption,
              SYNC_RESERVE_BYTES,
              System::nanoTime,
              files,
              FileWear.unlimited(),
              IndexMode.OFF);
      file = opened;
      store =
          new PageStore(
              new StoreSettings(
                  PAGE_BYTES,
                  Duration.ZERO,
                  Duration.ofSeconds(30),
                  true,
                  System::nanoTime,
                  StorePolicies.DEFAULT.with(scope)),
              List.of(ram, file),
              budget,
              Codecs.all(),
              Codecs.parse(codec),
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
