// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.Durability;
import io.pagestrata.config.EncryptionMode;
import io.pagestrata.config.StoreFiles;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.check.CheckProgress;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.tier.RecoveryStats;
import io.pagestrata.daemon.host.PageCache;
import io.pagestrata.daemon.input.TemporaryDirectory;
import io.pagestrata.daemon.report.Unit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What it costs that pages survive: a sync of one changed page beside a bare append and force, and
 * opening a store again, with and without its index, and checking it, beside reading its segments
 * once from end to end: from the page cache, and from the medium as after a loss of power.
 */
final class DurableMeasurement implements Measurement {
  private static final long MIB = 1L << 20;
  private static final int SYNCS = 200;
  private static final int READ_BYTES = 1 << 20;

  /** What happened before the store is opened. */
  private enum Before {
    STOP("open after a clean stop"),
    CRASH("open after a crash"),
    LOSS_OF_INDEX("open without the index");

    private final String row;

    Before(String row) {
      this.row = row;
    }
  }

  @Override
  public String name() {
    return "durable";
  }

  @Override
  public void run(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    rows.accept(syncs(bench));
    reopen(bench, rows);
  }

  private static PageStore open(BenchContext bench, Path directory, int pages) {
    long tableBytes = 16L * pages;
    return Pagestrata.open(
        Pagestrata.builder()
            .pageSize(bench.settings().pageBytes())
            .durability(Durability.DURABLE)
            .ram(
                ram ->
                    ram.maxSize(64 * MIB + tableBytes)
                        .codec(bench.settings().codec())
                        .zpool(bench.settings().zpool()))
            .file(
                file ->
                    file.directory(directory)
                        .encryption(EncryptionMode.NONE)
                        .maxSize(1024 * MIB + 2L * pages * bench.settings().pageBytes()))
            .build());
  }

  private static BenchRow syncs(BenchContext bench) throws Exception {
    int storedBytes = bench.settings().pageBytes() / 2;
    try (TemporaryDirectory directory = bench.newDirectory();
        PageStore store = open(bench, directory.path().resolve("store"), 0);
        FileChannel bare =
            FileChannel.open(
                directory.path().resolve("bare"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
      Pool pool = store.createPool("durable", PoolKind.PERSISTENT);
      ByteBuffer page = bench.pages().view();
      ByteBuffer bytes = ByteBuffer.allocateDirect(storedBytes);
      Comparison comparison =
          Comparison.of(
              bench.rounds(),
              () -> {
                long start = System.nanoTime();
                for (int i = 0; i < SYNCS; i++) {
                  page.position(bench.pages().offset(i % bench.pages().count()));
                  StoreFullException.throwIfRefused(store.put(pool, 0, i, page));
                  store.sync();
                }
                return (double) (System.nanoTime() - start) / SYNCS;
              },
              () -> {
                StoppedException.throwIf(bench.stop());
                long start = System.nanoTime();
                for (int i = 0; i < SYNCS; i++) {
                  bare.write(bytes.clear());
                  bare.force(false);
                }
                return (double) (System.nanoTime() - start) / SYNCS;
              });
      return BenchRow.of(
          "put and sync of one page",
          Unit.NANOS,
          comparison,
          Target.NONE,
          "limit: append half a page, force");
    }
  }

  private static void reopen(BenchContext bench, Consumer<BenchRow> rows) throws Exception {
    int pages = bench.settings().tablePages();
    String note = String.format(Locale.ROOT, "%,d pages; limit: read the segments", pages);
    try (TemporaryDirectory directory = bench.newDirectory()) {
      Path files = directory.path().resolve("store");
      fill(bench, files, pages);
      Comparison records =
          Comparison.of(
              bench.rounds(),
              () -> {
                deleteIndex(files);
                return recovering(bench, files, pages).nanos();
              },
              () -> read(files));
      rows.accept(
          BenchRow.of("read all records again", Unit.NANOS, records, Target.atMost(1.5), note));
      for (boolean cold : new boolean[] {false, true}) {
        for (Before before : Before.values()) {
          if (cold && !drop(files)) {
            return;
          }
          rows.accept(reopen(bench, files, before, cold, note));
        }
        rows.accept(check(bench, files, cold, note));
      }
    }
  }

  private static void fill(BenchContext bench, Path files, int pages) throws Exception {
    try (PageStore store = open(bench, files, pages)) {
      Pool pool = store.createPool("durable", PoolKind.PERSISTENT);
      ByteBuffer page = bench.pages().view();
      for (int i = 0; i < pages; i++) {
        page.position(bench.pages().offset(i % bench.pages().count()));
        StoreFullException.throwIfRefused(store.put(pool, 0, i, page));
        if ((i & 0xfff) == 0) {
          StoppedException.throwIf(bench.stop());
        }
      }
    }
  }

  private static BenchRow reopen(
      BenchContext bench, Path files, Before before, boolean cold, String note) throws Exception {
    int pages = bench.settings().tablePages();
    Comparison comparison =
        Comparison.of(
            bench.rounds(),
            () -> {
              prepare(before, bench, files, pages);
              return from(cold, files, () -> opening(bench, files, pages));
            },
            () -> from(cold, files, () -> read(files)));
    Target target = before == Before.LOSS_OF_INDEX ? Target.atMost(1.5) : Target.NONE;
    return BenchRow.of(before.row + place(cold), Unit.NANOS, comparison, target, note);
  }

  /** What {@code fsck} does, which reads each record and sorts them by page. */
  private static BenchRow check(BenchContext bench, Path files, boolean cold, String note)
      throws Exception {
    Comparison comparison =
        Comparison.of(
            bench.rounds(),
            () -> from(cold, files, () -> checking(files)),
            () -> from(cold, files, () -> read(files)));
    return BenchRow.of(
        "check with fsck" + place(cold), Unit.NANOS, comparison, Target.atMost(1.5), note);
  }

  private static String place(boolean cold) {
    return cold ? ", from the medium" : ", from page cache";
  }

  private static long checking(Path files) throws IOException {
    long start = System.nanoTime();
    Inspection found = StoreFiles.check(files, List.of(), false, false, CheckProgress.NONE);
    if (!found.findings().isEmpty()) {
      throw new IOException("the files are damaged: " + found.findings().get(0));
    }
    return System.nanoTime() - start;
  }

  private static void prepare(Before before, BenchContext bench, Path files, int pages)
      throws IOException {
    if (before == Before.CRASH) {
      markCrashed(bench, files, pages);
    } else if (before == Before.LOSS_OF_INDEX) {
      deleteIndex(files);
    }
  }

  /** Measures with the files in the page cache, or with none of them. */
  private static double from(boolean medium, Path files, Sample sample) throws Exception {
    if (medium) {
      drop(files);
    } else {
      read(files);
    }
    return sample.measure();
  }

  /** Takes all files out of the page cache; false where the system cannot be asked to. */
  private static boolean drop(Path files) throws IOException {
    boolean dropped = true;
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.toList()) {
        dropped &= PageCache.drop(file);
      }
    }
    return dropped;
  }

  private static RecoveryStats recovering(BenchContext bench, Path files, int pages) {
    try (PageStore store = open(bench, files, pages)) {
      return store.stats().tiers().get(1).recovery();
    }
  }

  private static double opening(BenchContext bench, Path files, int pages) {
    long start = System.nanoTime();
    long nanos;
    try (PageStore store = open(bench, files, pages)) {
      nanos = System.nanoTime() - start;
      if (store.stats().pages() != pages) {
        throw new IllegalStateException(store.stats().pages() + " pages are left of " + pages);
      }
    }
    return nanos;
  }

  /** Leaves the files as a killed process does: the manifest of a running store is put back. */
  private static void markCrashed(BenchContext bench, Path files, int pages) throws IOException {
    Path running;
    byte[] bytes;
    try (PageStore store = open(bench, files, pages)) {
      store.sync();
      running = manifest(files);
      bytes = Files.readAllBytes(running);
    }
    Files.delete(manifest(files));
    Files.write(running, bytes);
  }

  private static void deleteIndex(Path files) throws IOException {
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.filter(it -> it.toString().endsWith(".pci")).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Path manifest(Path files) throws IOException {
    try (Stream<Path> all = Files.list(files)) {
      return all.filter(file -> file.toString().endsWith(".psm")).findFirst().orElseThrow();
    }
  }

  private static double read(Path files) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    long start = System.nanoTime();
    List<Path> segments;
    try (Stream<Path> all = Files.list(files)) {
      segments = all.filter(file -> file.toString().endsWith(".pss")).sorted().toList();
    }
    for (Path segment : segments) {
      try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ)) {
        while (channel.read(buffer.clear()) > 0) {
          continue;
        }
      }
    }
    return System.nanoTime() - start;
  }
}
