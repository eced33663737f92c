// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.ZpageBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers, removers, the writer and the cleaner at the same time.
 *
 * <p>Forbidden: a read that finds a page of the table gone, damaged or another one; an error; an
 * account that does not add up when all is quiet.
 */
class FileTierConcurrencyTest {
  private static final int OBJECTS = 6000;

  @TempDir Path directory;

  @Test
  void readsNeverSeeTheCleanerAtWork() throws Exception {
    storm(300);
  }

  @Test
  @Tag("stress")
  void readsNeverSeeTheCleanerAtWorkForLong() throws Exception {
    storm(20_000);
  }

  private interface Duty {
    void run(Random random) throws IOException;
  }

  private static Thread start(
      int seed, AtomicBoolean stop, ConcurrentLinkedQueue<Throwable> failures, Duty duty) {
    Thread thread =
        new Thread(
            () -> {
              Random random = new Random(seed);
              try {
                while (!stop.get()) {
                  duty.run(random);
                }
              } catch (Throwable e) {
                failures.add(e);
              }
            });
    thread.start();
    return thread;
  }

  private void storm(int batches) throws Exception {
    FileTierSettings settings = FileTierModelTest.settings(directory, 14, false);
    PlainHost host = new PlainHost();
    AtomicBoolean stop = new AtomicBoolean();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    try (FileTier tier =
        new FileTier(settings, System::nanoTime, SegmentFiles.inDirectory(directory, false))) {
      host.use(tier);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        ByteBuffer scratch = AlignedBuffers.allocate(tier.scratchBytes());
        CRC32C crc = new CRC32C();
        threads.add(start(i, stop, failures, r -> host.read(r.nextInt(OBJECTS), scratch, crc)));
      }
      threads.add(start(10, stop, failures, r -> tier.maintain()));
      try {
        write(tier, host, batches, failures);
      } finally {
        stop.set(true);
        for (Thread thread : threads) {
          thread.join();
        }
      }
      assertThat(failures).isEmpty();
      assertThat(tier.stats().errors()).isZero();
      assertThat(tier.stats().cleanedZpages()).isPositive();
      SpaceOracle.check(tier, settings, host);
    }
  }

  private static void write(
      FileTier tier, PlainHost host, int batches, ConcurrentLinkedQueue<Throwable> failures)
      throws IOException {
    Random random = new Random(20);
    ZpageBatch batch = PlainHost.newBatch(48);
    for (int stored = 0; stored < batches && failures.isEmpty(); ) {
      long[] objects = random.longs(60, 0, OBJECTS).distinct().toArray();
      if (host.store(batch, objects) == TierOutcome.STORED) {
        host.publish(batch);
        stored++;
      } else {
        tier.maintain();
      }
      host.remove(random.nextInt(OBJECTS));
    }
  }
}
