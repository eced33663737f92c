// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import static java.util.stream.Collectors.joining;

import io.pagestrata.core.check.CheckTotals;
import io.pagestrata.core.check.Finding;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.check.PoolFacts;
import io.pagestrata.core.check.RecordFacts;
import io.pagestrata.core.check.SegmentFacts;
import io.pagestrata.daemon.report.FieldSection;
import io.pagestrata.daemon.report.ReportSection;
import io.pagestrata.daemon.report.TableSection;
import io.pagestrata.daemon.report.Unit;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Turns what was found in the files of a store into sections of a report. Stateless. */
final class CheckReports {
  private CheckReports() {}

  static FieldSection store(Inspection found) {
    Inspection.StoreState state = found.state();
    return new FieldSection("store", "Store")
        .add("durable", "durable", Unit.FLAG, state.durable())
        .add("clean", "closed in order", Unit.FLAG, state.clean())
        .add("storeId", "store id", Unit.TEXT, state.durable() ? state.storeId() : "none")
        .add("manifest", "manifest number", Unit.COUNT, state.manifest())
        .add("pageBytes", "page size", Unit.BYTES, (long) state.pageBytes());
  }

  /** The same of one that may be in use. */
  static FieldSection storeWithUser(Inspection found) {
    String user = found.state().user();
    return store(found).add("user", "in use by", Unit.TEXT, user.isEmpty() ? "nobody" : user);
  }

  static FieldSection totals(CheckTotals totals) {
    return new FieldSection("totals", "Totals")
        .add("segments", "segments", Unit.COUNT, totals.segments())
        .add("fileBytes", "bytes of segments", Unit.BYTES, totals.fileBytes())
        .add("records", "whole records", Unit.COUNT, totals.records())
        .add("pages", "pages alive", Unit.COUNT, totals.pages())
        .add("liveBytes", "bytes alive", Unit.BYTES, totals.liveBytes())
        .add("tombstones", "tombstones", Unit.COUNT, totals.tombstones())
        .add("damagedRecords", "damaged records", Unit.COUNT, totals.damagedRecords())
        .add("lostPages", "lost pages", Unit.COUNT, totals.lostPages())
        .add("encryptedSegments", "encrypted segments", Unit.COUNT, totals.encryptedSegments())
        .add(
            "unopenedSegments", "of them without their key", Unit.COUNT, totals.unopenedSegments());
  }

  static TableSection findings(List<Finding> findings) {
    TableSection table =
        new TableSection("findings", "Findings")
            .column("severity", "severity", Unit.TEXT)
            .column("file", "file", Unit.TEXT)
            .column("offset", "offset", Unit.COUNT)
            .column("what", "what", Unit.TEXT)
            .column("page", "page", Unit.TEXT)
            .column("repair", "repair", Unit.TEXT)
            .column("remedy", "remedy", Unit.TEXT);
    for (Finding finding : findings) {
      table.row(
          word(finding.severity()),
          finding.file(),
          finding.offset() == Finding.NO_OFFSET ? null : finding.offset(),
          finding.what(),
          finding.page(),
          finding.repair(),
          word(finding.remedy()));
    }
    return table;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** One finding on one line. */
  static String line(Finding finding) {
    StringBuilder line = new StringBuilder();
    line.append(String.format("%-6s ", word(finding.severity())));
    if (!finding.file().isEmpty()) {
      line.append(finding.file());
      if (finding.offset() != Finding.NO_OFFSET) {
        line.append(" offset ").append(finding.offset());
      }
      line.append(": ");
    }
    line.append(finding.what());
    if (!finding.page().isEmpty()) {
      line.append(": ").append(finding.page());
    }
    switch (finding.remedy()) {
      case POSSIBLE -> line.append("; --repair: ").append(finding.repair());
      case NEEDS_ACCEPTANCE -> line.append("; --repair --accept-loss: ").append(finding.repair());
      case DONE -> line.append("; repaired: ").append(finding.repair());
      case NONE -> {}
    }
    return line.toString();
  }

  static ReportSection segments(List<SegmentFacts> segments, long nowMillis) {
    TableSection table =
        new TableSection("segments", "Segments")
            .column("sequence", "sequence", Unit.COUNT)
            .column("name", null, Unit.TEXT)
            .column("stream", "stream", Unit.TEXT)
            .column("state", "state", Unit.TEXT)
            .column("version", null, Unit.COUNT)
            .column("fileBytes", "size", Unit.BYTES)
            .column("records", "records", Unit.COUNT)
            .column("tombstones", "tombstones", Unit.COUNT)
            .column("damaged", "damaged", Unit.COUNT)
            .column("liveRecords", "alive", Unit.COUNT)
            .column("recordBytes", null, Unit.BYTES)
            .column("liveBytes", null, Unit.BYTES)
            .column("liveRatio", "live ratio", Unit.RATIO)
            .column("lowestGeneration", "generations from", Unit.COUNT)
            .column("highestGeneration", "to", Unit.COUNT)
            .column("modifiedMillis", null, Unit.COUNT)
            .column("age", "age", Unit.TEXT)
            .column("encryption", "key", Unit.TEXT)
            .column("codecs", "codecs", Unit.TEXT);
    for (SegmentFacts segment : segments) {
      table.row(
          segment.sequence(),
          segment.name(),
          segment.stream(),
          segment.state(),
          (long) segment.version(),
          segment.fileBytes(),
          segment.records(),
          segment.tombstones(),
          segment.damaged(),
          segment.liveRecords(),
          segment.recordBytes(),
          segment.liveBytes(),
          segment.liveRatio(),
          segment.lowestGeneration(),
          segment.highestGeneration(),
          segment.modifiedMillis(),
          age(nowMillis - segment.modifiedMillis()),
          segment.encryption(),
          codecs(segment.codecs()));
    }
    return table;
  }

  /** Shares of the payload, the largest first. */
  private static String codecs(Map<String, Long> codecs) {
    long all = Math.max(1, codecs.values().stream().mapToLong(Long::longValue).sum());
    return codecs.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .map(
            it ->
                String.format(Locale.ROOT, "%s %.1f %%", it.getKey(), 100.0 * it.getValue() / all))
        .collect(joining(", "));
  }

  private static String age(long millis) {
    Duration age = Duration.ofMillis(Math.max(0, millis));
    if (age.toDays() > 0) {
      return age.toDays() + " d " + age.toHoursPart() + " h";
    }
    if (age.toHours() > 0) {
      return age.toHours() + " h " + age.toMinutesPart() + " min";
    }
    return age.toMinutes() > 0
        ? age.toMinutes() + " min " + age.toSecondsPart() + " s"
        : age.toSeconds() + " s";
  }

  static ReportSection pools(List<PoolFacts> pools) {
    TableSection table =
        new TableSection("pools", "Pools")
            .column("id", "id", Unit.COUNT)
            .column("name", "name", Unit.TEXT)
            .column("tenant", "tenant", Unit.TEXT)
            .column("shared", "shared", Unit.FLAG)
            .column("pages", "pages", Unit.COUNT)
            .column("bytes", "bytes", Unit.BYTES);
    for (PoolFacts pool : pools) {
      table.row(
          (long) pool.id(), pool.name(), pool.tenant(), pool.shared(), pool.pages(), pool.bytes());
    }
    return table;
  }

  static TableSection records() {
    return new TableSection("records", "Records")
        .column("offset", "offset", Unit.COUNT)
        .column("bytes", "bytes", Unit.COUNT)
        .column("kind", "kind", Unit.TEXT)
        .column("pool", "pool", Unit.COUNT)
        .column("object", "object", Unit.COUNT)
        .column("index", "index", Unit.COUNT)
        .column("generation", "generation", Unit.COUNT)
        .column("codec", "codec", Unit.TEXT)
        .column("storedBytes", "payload", Unit.COUNT);
  }

  static void add(TableSection records, RecordFacts record) {
    records.row(
        record.offset(),
        (long) record.bytes(),
        record.kind(),
        (long) record.pool(),
        record.object(),
        record.index(),
        record.generation(),
        record.codec(),
        (long) record.storedBytes());
  }
}
