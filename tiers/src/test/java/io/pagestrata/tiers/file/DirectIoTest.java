// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.tier.ZpageBatch;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads and writes past the page cache, where the file system of the test allows them. */
class DirectIoTest {
  @TempDir Path directory;

  private FileTier open(FileTierSettings settings) throws IOException {
    return new FileTier(
        settings, System::nanoTime, SegmentFiles.inDirectory(settings.directory(), true));
  }

  private static boolean isOffered(Path directory) {
    try (Closeable lock = SegmentFiles.inDirectory(directory, true).lock()) {
      return lock != null;
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void storesReadsAndCleans() throws IOException {
    Assumptions.assumeTrue(isOffered(directory), "the file system refuses direct I/O");
    FileTierSettings settings = FileTierModelTest.settings(directory, 10, true);
    PlainHost host = new PlainHost();
    ZpageBatch batch = PlainHost.newBatch(48);
    try (FileTier tier = open(settings)) {
      host.use(tier);
      for (long object = 0; tier.stats().usedBytes() < 4L * settings.segmentBytes(); object += 40) {
        host.put(batch, LongStream.range(object, object + 40).toArray());
      }
      SpaceOracle.check(tier, settings, host);
      for (long object : host.objects()) {
        if (object % 4 != 0) {
          host.remove(object);
        }
      }
      while (tier.maintain() > 0) {
        // until there is nothing to do
      }
      assertThat(tier.stats().regionsCleaned()).isPositive();
      assertThat(tier.stats().errors()).isZero();
      SpaceOracle.check(tier, settings, host);
    }
  }

  /** A file system without direct I/O says so at the start, and the directory is given back. */
  @Test
  void saysWhenTheFileSystemRefuses() throws IOException {
    Path memory = Path.of("/dev/shm");
    Assumptions.assumeTrue(Files.isWritable(memory), "no file system in memory to try");
    Path shm = Files.createTempDirectory(memory, "pagestrata-test");
    try {
      Assumptions.assumeFalse(isOffered(shm), "this kernel offers direct I/O in memory, too");
      assertThatThrownBy(() -> open(FileTierModelTest.settings(shm, 10, true)))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(shm.toString(), "direct I/O");
      try (Closeable lock = SegmentFiles.inDirectory(shm, false).lock()) {
        assertThat(lock).isNotNull();
      }
    } finally {
      Files.deleteIfExists(shm.resolve(DirectoryLock.NAME));
      Files.delete(shm);
    }
  }
}
