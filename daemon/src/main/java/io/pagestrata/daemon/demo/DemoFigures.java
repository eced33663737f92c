// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.demo;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.latency.LatencySnapshot;
import io.pagestrata.core.movement.WritebackStats;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.daemon.input.InputPages;
import io.pagestrata.daemon.report.FieldSection;
import io.pagestrata.daemon.report.Report;
import io.pagestrata.daemon.report.ReportSection;
import io.pagestrata.daemon.report.TableSection;
import io.pagestrata.daemon.report.Unit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the phases of a demo found out, and the report made of it. For one thread. */
final class DemoFigures {
  private final DemoSettings settings;
  private final List<Path> files;
  private final InputPages input;
  private final DemoSizes sizes;

  long putAllNanos;
  long churnNanos;
  long readSkewedNanos;
  long readAllNanos;
  StoreStats afterPutAll;
  StoreStats atEnd;
  Tally tally;

  DemoFigures(DemoSettings settings, List<Path> files, InputPages input, DemoSizes sizes) {
    this.settings = settings;
    this.files = files;
    this.input = input;
    this.sizes = sizes;
  }

  DemoResult result() {
    Report report = new Report("demo", Pagestrata.version());
    report.add(settingsSection());
    report.add(tiers());
    report.add(compression());
    report.add(disk());
    report.add(writeback());
    report.add(refaults());
    report.add(speed());
    report.add(verification());
    boolean allDone = isEveryPageRight() && tally.refused == 0;
    return new DemoResult(false, allDone, complaints(), report);
  }

  private boolean isEveryPageRight() {
    return tally.mismatches == 0 && tally.finalPages == input.pages();
  }

  private List<String> complaints() {
    List<String> complaints = new ArrayList<>(tally.complaints);
    if (tally.refused > 0) {
      complaints.add(
          String.format(
              Locale.ROOT,
              "the store was full: %,d puts refused, %,d not tried any more;"
                  + " give --disk or --ram a larger SIZE",
              tally.refused,
              tally.skippedPuts));
    }
    return complaints;
  }

  private ReportSection settingsSection() {
    return new FieldSection("settings", "Demo")
        .add(
            "inputFiles",
            "input files",
            Unit.TEXT,
            files.stream().map(Path::toString).collect(Collectors.joining(", ")))
        .add("inputBytes", "input", Unit.BYTES, input.bytes())
        .add("inputPages", "pages", Unit.COUNT, (long) input.pages())
        .add("pageBytes", "page size", Unit.BYTES, (long) input.pageBytes())
        .add("ramBytes", "RAM of the store", Unit.BYTES, sizes.ramBytes())
        .add("diskBytes", "disk at most", Unit.BYTES, sizes.diskBytes())
        .add("codec", "codec of puts", Unit.TEXT, settings.codec())
        .add("denser", "codec of the second RAM tier", Unit.TEXT, denser())
        .add("zpool", "allocator in RAM", Unit.TEXT, settings.zpool())
        .add("eviction", "what leaves RAM first", Unit.TEXT, settings.eviction())
        .add("threads", "threads", Unit.COUNT, (long) settings.threads())
        .add("seed", "seed", Unit.TEXT, Long.toString(settings.seed()));
  }

  /** There is no second tier where the RAM is too small for two. */
  private String denser() {
    boolean two = atEnd.tiers().stream().anyMatch(it -> it.name().equals(DemoStore.DENSE));
    return two ? settings.denser().orElseThrow() : "none";
  }

  private ReportSection tiers() {
    TableSection table =
        new TableSection("tiers", "Where the pages are")
            .column("tier", "tier", Unit.TEXT)
            .column("zpages", "zpages", Unit.COUNT)
            .column("payloadBytes", "payload", Unit.BYTES)
            .column("usedBytes", "used", Unit.BYTES)
            .column("limitBytes", "limit", Unit.BYTES)
            .column("state", "state", Unit.TEXT);
    for (TierStats tier : atEnd.tiers()) {
      table.row(
          tier.name(),
          tier.zpages(),
          tier.payloadBytes(),
          tier.usedBytes(),
          tier.limitBytes(),
          tier.state().toString().toLowerCase(Locale.ROOT));
    }
    return table;
  }

  private ReportSection compression() {
    return new FieldSection("compression", "Compression")
        .add("pages", "pages in the store", Unit.COUNT, atEnd.pages())
        .add(
            "ratio",
            "page bytes / payload",
            Unit.RATIO,
            ratio(atEnd.rawBytesPut(), atEnd.payloadBytesPut()))
        .add("sameFilledPuts", "puts of same-filled pages", Unit.COUNT, atEnd.putsSameFilled())
        .add(
            "incompressiblePuts",
            "puts of incompressible pages",
            Unit.COUNT,
            atEnd.putsIncompressible())
        .add("memoryUsedBytes", "memory charged", Unit.BYTES, atEnd.budgetUsedBytes())
        .add("pageTableBytes", "of it page table and lanes", Unit.BYTES, atEnd.pageTableBytes());
  }

  private ReportSection disk() {
    TierStats file = bottom();
    long payloadBytes = file.storedBytes() - file.storedZpages() * ZpageHeader.BYTES;
    long pageBytes = file.storedZpages() * input.pageBytes();
    return new FieldSection("disk", "Disk")
        .add("zpagesWritten", "zpages written to disk", Unit.COUNT, file.storedZpages())
        .add("uncompressedBytes", "their pages, uncompressed", Unit.BYTES, pageBytes)
        .add("payloadBytes", "their payload", Unit.BYTES, payloadBytes)
        .add("writtenBytes", "bytes written, cleaning included", Unit.BYTES, file.writtenBytes())
        .add(
            "writtenPerPayload",
            "written / payload",
            Unit.RATIO,
            ratio(file.writtenBytes(), payloadBytes))
        .add(
            "writtenPerUncompressed",
            "written / uncompressed",
            Unit.RATIO,
            ratio(file.writtenBytes(), pageBytes))
        .add(
            "writeAmplification",
            "write amplification",
            Unit.RATIO,
            ratio(file.writtenBytes(), file.storedBytes()))
        .add("cleanedZpages", "zpages moved by cleaning", Unit.COUNT, file.cleanedZpages());
  }

  private ReportSection writeback() {
    WritebackStats moved = atEnd.writeback();
    return new FieldSection("writeback", "Writeback")
        .add("batches", "batches", Unit.COUNT, moved.batches())
        .add("keptPages", "read meanwhile, kept in RAM", Unit.COUNT, moved.keptPages())
        .add(
            "cancelledShadows", "changed meanwhile, given up", Unit.COUNT, moved.cancelledShadows())
        .add("cleanEvictions", "evicted without a write", Unit.COUNT, moved.cleanEvictions())
        .add("promotions", "brought up by a refault", Unit.COUNT, atEnd.promotions())
        .add("recompressedPages", "made denser", Unit.COUNT, moved.recompression().zpages())
        .add(
            "recompressionSavedBytes",
            "bytes saved by that",
            Unit.BYTES,
            moved.recompression().fromBytes() - moved.recompression().toBytes())
        .add(
            "zpagesWrittenBeforeFirstGet",
            "written before the first get",
            Unit.COUNT,
            afterPutAll.writeback().writtenPages())
        .add(
            "decompressionsBeforeFirstGet",
            "decompressed by then",
            Unit.COUNT,
            afterPutAll.decompressions());
  }

  private ReportSection refaults() {
    TableSection table =
        new TableSection("gets", "Gets by tier")
            .column("tier", "tier", Unit.TEXT)
            .column("hits", "gets", Unit.COUNT)
            .column("p50Nanos", "p50", Unit.NANOS)
            .column("p99Nanos", "p99", Unit.NANOS)
            .column("maxNanos", "max", Unit.NANOS);
    for (int i = 0; i < atEnd.tiers().size(); i++) {
      LatencySnapshot latency = atEnd.refaultLatencyByTier().get(i);
      table.row(
          atEnd.tiers().get(i).name(),
          atEnd.hitsByTier().get(i),
          latency.p50Nanos(),
          latency.p99Nanos(),
          latency.maxNanos());
    }
    return table.row("same-filled", atEnd.sameFilledHits(), null, null, null);
  }

  private ReportSection speed() {
    return new FieldSection("speed", "Speed")
        .add(
            "putsPerSecond", "puts, all threads", Unit.PER_SECOND, rate(tally.puts, tally.putNanos))
        .add(
            "getsPerSecond", "gets, all threads", Unit.PER_SECOND, rate(tally.gets, tally.getNanos))
        .add("stalls", "puts that waited for room", Unit.COUNT, atEnd.stalls())
        .add("stallNanos", "time they waited", Unit.NANOS, atEnd.stallNanos())
        .add("refusedPuts", "puts refused", Unit.COUNT, tally.refused)
        .add("skippedPuts", "puts not tried after that", Unit.COUNT, tally.skippedPuts)
        .add("putAllNanos", "put all", Unit.NANOS, putAllNanos)
        .add("churnNanos", "overwrite and flush", Unit.NANOS, churnNanos)
        .add("readSkewedNanos", "read back skewed", Unit.NANOS, readSkewedNanos)
        .add("readAllNanos", "read back all", Unit.NANOS, readAllNanos);
  }

  private ReportSection verification() {
    return new FieldSection("verification", "Verification")
        .add("pagesVerified", "pages verified", Unit.COUNT, tally.finalPages)
        .add("readsCompared", "reads compared with the input", Unit.COUNT, tally.comparisons)
        .add("overwrites", "overwrites", Unit.COUNT, tally.overwrites)
        .add("flushes", "flushes", Unit.COUNT, tally.flushes)
        .add("mismatches", "mismatches", Unit.COUNT, tally.mismatches)
        .add("everyPageRight", "every page right", Unit.FLAG, isEveryPageRight());
  }

  private TierStats bottom() {
    return atEnd.tiers().get(atEnd.tiers().size() - 1);
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }

  /** Time inside the store alone: comparing pages with the input is not counted. */
  private double rate(long operations, long nanos) {
    return nanos == 0 ? 0 : operations * 1e9 * settings.threads() / nanos;
  }
}
