// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.check.DirectoryInUseException;
import io.pagestrata.core.tier.ZpageBatch;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the real file system. */
class NioSegmentFilesTest {
  @TempDir Path parent;

  private Path directory() {
    return parent.resolve("tier");
  }

  private FileTier open(PlainHost host) throws IOException {
    FileTier tier =
        new FileTier(
            FileTierModelTest.settings(directory(), 8, false),
            System::nanoTime,
            SegmentFiles.inDirectory(directory(), false));
    host.use(tier);
    return tier;
  }

  @Test
  void refusesASecondStoreOfThisProcess() throws IOException {
    PlainHost host = new PlainHost();
    try (FileTier tier = open(host)) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> open(new PlainHost()))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(directory().toString())
            .hasMessageContaining("in use");
      }
      host.put(PlainHost.newBatch(4), 1);
      SpaceOracle.check(tier, FileTierModelTest.settings(directory(), 8, false), host);
    }
    open(new PlainHost()).close();
  }

  @Test
  void refusesAStoreWhenAnotherProcessHasTheDirectory() throws Exception {
    Files.createDirectories(directory());
    Path source = parent.resolve("Holder.java");
    Files.writeString(
        source,
        """
        import java.nio.channels.FileChannel;
        import java.nio.file.*;
        class Holder {
          public static void main(String[] args) throws Exception {
            try (FileChannel channel = FileChannel.open(Path.of(args[0]),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
              channel.lock();
              System.out.println("locked");
              System.in.read();
            }
          }
        }
        """);
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                source.toString(),
                directory().resolve(DirectoryLock.NAME).toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      byte[] locked = holder.getInputStream().readNBytes("locked".length());
      assertThat(new String(locked, StandardCharsets.US_ASCII)).isEqualTo("locked");
      assertThatThrownBy(() -> open(new PlainHost()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(directory().toString())
          .hasMessageContaining("another process");
      assertThatThrownBy(() -> NioSegmentFiles.forReading(directory()).lock())
          .isInstanceOf(DirectoryInUseException.class)
          .hasMessageContaining("another process");
    } finally {
      holder.getOutputStream().close();
      assertThat(holder.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }
    open(new PlainHost()).close();
  }

  @Test
  void letsOnlyTheOwnerIn() throws IOException {
    PlainHost host = new PlainHost();
    try (FileTier tier = open(host)) {
      host.put(PlainHost.newBatch(4), 1);
      assertThat(tier.stats().zpages()).isEqualTo(1);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
          .isEqualTo("rwx------");
      try (var entries = Files.list(directory())) {
        for (Path file : entries.toList()) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
              .isEqualTo("rw-------");
        }
      }
    }
  }

  /** Left-over segments go; everything that is not certainly ours stays. */
  @Test
  void deletesLeftOversAndNothingElse() throws IOException {
    Files.createDirectories(directory());
    ByteBuffer header = AlignedBuffers.allocate(SegmentFormat.HEADER_BYTES);
    SegmentFormat.writeHeader(
        header,
        FileTierModelTest.settings(directory(), 8, false),
        Manifest.ofNewStore(4096),
        false,
        41,
        SegmentFormat.Stream.WRITEBACK,
        null);
    byte[] segment = new byte[SegmentFormat.HEADER_BYTES];
    header.get(segment);
    Files.write(directory().resolve("segment-00000041.pss"), segment);
    Files.write(directory().resolve("segment-41.pss"), segment);
    Files.write(directory().resolve("segment-00000041.pss.bak"), segment);
    Files.writeString(directory().resolve("segment-00000044.pss"), "a letter to my aunt");
    Files.writeString(directory().resolve("notes.txt"), "notes");

    PlainHost host = new PlainHost();
    try (FileTier tier = open(host)) {
      host.put(PlainHost.newBatch(4), 1);
      assertThat(tier.describe(host.table.get(1L).locator())).startsWith("segment-00000045.pss");
      assertThat(names())
          .containsExactlyInAnyOrder(
              "notes.txt",
              "segment-41.pss",
              "segment-00000041.pss.bak",
              "segment-00000044.pss",
              "segment-00000045.pss",
              DirectoryLock.NAME);
    }
    assertThat(names()).doesNotContain("segment-00000045.pss").contains("segment-00000044.pss");
  }

  private List<String> names() throws IOException {
    try (var entries = Files.list(directory())) {
      return entries.map(path -> path.getFileName().toString()).toList();
    }
  }

  /** A tier that cannot start leaves no lock and no open file behind (hazard H24). */
  @Test
  void givesTheDirectoryBackWhenItCannotStart() throws IOException {
    MemoryFiles memory = new MemoryFiles();
    FaultyFiles files = new FaultyFiles(memory);
    FileTierSettings settings = FileTierModelTest.settings(directory(), 8, false);
    files.fail(FaultyFiles.Operation.LIST, 0, 1, FaultyFiles.BROKEN);
    assertThatThrownBy(() -> new FileTier(settings, System::nanoTime, files))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(FaultyFiles.BROKEN);
    assertThat(memory.isLocked()).isFalse();
    assertThat(memory.openFiles).hasValue(0);
    PlainHost host = new PlainHost();
    try (FileTier tier = new FileTier(settings, System::nanoTime, files)) {
      host.use(tier);
      assertThat(memory.isLocked()).isTrue();
    }
  }

  @Test
  void readsWritesAndCuts() throws IOException {
    SegmentFiles files = SegmentFiles.inDirectory(directory(), false);
    try (Closeable lock = files.lock();
        SegmentFile file = files.create("a")) {
      assertThat(lock).isNotNull();
      assertThat(file.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), 6)).isEqualTo(4);
      file.force();
      assertThat(file.size()).isEqualTo(10);
      file.truncate(8);
      ByteBuffer bytes = ByteBuffer.allocate(8);
      assertThat(file.read(bytes, 5)).isEqualTo(3);
      assertThat(bytes.array()).startsWith(0, 1, 2);
      assertThat(file.read(bytes, 8)).isEqualTo(-1);
      assertThatThrownBy(() -> files.create("a")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> files.open("b")).isInstanceOf(IOException.class);
      files.delete("a");
      files.delete("a");
    }
  }

  @Test
  void aNameThatIsTakenIsGivenOnlyInPlaceOfItsFile() throws IOException {
    SegmentFiles files = SegmentFiles.inDirectory(directory(), false);
    try (Closeable lock = files.lock();
        SegmentFile one = files.create("one");
        SegmentFile other = files.create("other")) {
      assertThat(lock).isNotNull();
      one.write(ByteBuffer.allocate(1), 0);
      other.write(ByteBuffer.allocate(2), 0);
      assertThatThrownBy(() -> files.rename("one", "other"))
          .isInstanceOf(FileAlreadyExistsException.class);
      files.replace("one", "other");
      assertThat(files.list()).contains("other").doesNotContain("one");
      try (SegmentFile found = files.open("other")) {
        assertThat(found.size()).isEqualTo(1);
      }
    }
  }

  /** A closed file stays closed, with or without an interrupt. */
  @Test
  void doesNotReopenAClosedFile() throws IOException {
    SegmentFiles files = SegmentFiles.inDirectory(directory(), false);
    try (Closeable lock = files.lock()) {
      assertThat(lock).isNotNull();
      SegmentFile file = files.create("a");
      file.close();
      assertThatThrownBy(file::size).isInstanceOf(IOException.class);
    }
  }

  @Test
  void anInterruptedReaderGetsItsPageAndStaysInterrupted() throws IOException {
    PlainHost host = new PlainHost();
    try (FileTier tier = open(host)) {
      host.put(PlainHost.newBatch(48), 1, 2, 3);
      ByteBuffer scratch = AlignedBuffers.allocate(tier.scratchBytes());
      Thread.currentThread().interrupt();
      assertThat(host.read(1, scratch, new CRC32C())).isTrue();
      host.put(PlainHost.newBatch(48), 4);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(host.read(4, scratch, new CRC32C())).isTrue();
      assertThat(tier.stats().errors()).isZero();
    }
  }

  /**
   * Interrupts hit readers in the middle of their reads, which closes the channel below them; no
   * reader may see an error or a wrong page.
   */
  @Test
  void interruptsNeverBreakTheTierForOthers() throws Exception {
    PlainHost host = new PlainHost();
    try (FileTier tier = open(host)) {
      ZpageBatch batch = PlainHost.newBatch(48);
      host.put(batch, LongStream.range(0, 40).toArray());
      AtomicBoolean stop = new AtomicBoolean();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread[] readers = new Thread[2];
      for (int i = 0; i < readers.length; i++) {
        readers[i] =
            new Thread(
                () -> {
                  ByteBuffer scratch = AlignedBuffers.allocate(tier.scratchBytes());
                  CRC32C crc = new CRC32C();
                  try {
                    for (long n = 0; !stop.get(); n++) {
                      assertThat(host.read(n % 40, scratch, crc)).isTrue();
                      Thread.interrupted();
                    }
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });
        readers[i].start();
      }
      for (int round = 0; round < 3000 && failure.get() == null; round++) {
        readers[round % readers.length].interrupt();
        Thread.onSpinWait();
      }
      stop.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(failure.get()).isNull();
      assertThat(tier.stats().errors()).isZero();
      SpaceOracle.check(tier, FileTierModelTest.settings(directory(), 8, false), host);
    }
  }
}
