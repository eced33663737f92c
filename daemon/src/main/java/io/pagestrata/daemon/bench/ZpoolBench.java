// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.Pagestrata;
import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.report.FieldSection;
import io.pagestrata.daemon.report.Report;
import io.pagestrata.daemon.report.TableSection;
import io.pagestrata.daemon.report.Unit;
import io.pagestrata.daemon.terminal.Progress;
import io.pagestrata.tiers.ram.Zpools;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares every kind of zpool side by side. For one thread, used once. */
public final class ZpoolBench {
  private final BenchSettings settings;
  private final long poolBytes;
  private final Progress progress;
  private final BooleanSupplier stop;
  private volatile String running = "";

  /**
   * Makes a comparison that has not run yet.
   *
   * @param settings what the user asked for; its zpool does not matter
   * @param poolBytes memory of each pool that is filled
   * @param progress shows how far it is
   * @param stop asked often; true ends the benchmark early
   */
  public ZpoolBench(
      BenchSettings settings, long poolBytes, Progress progress, BooleanSupplier stop) {
    this.settings = settings;
    this.poolBytes = poolBytes;
    this.progress = progress;
    this.stop = stop;
  }

  private static List<ZpoolMeasurement> all() {
    return List.of(
        new ZpoolDensity(),
        new ZpoolReclaim(),
        new ZpoolSpeed(),
        new ZpoolPause(),
        new ZpoolHits());
  }

  /**
   * Names of all measurements.
   *
   * @return in the order in which they run
   */
  public static List<String> names() {
    return all().stream().map(ZpoolMeasurement::name).toList();
  }

  /**
   * Runs the comparison.
   *
   * @return the table, or empty when it was stopped
   * @throws InputException when the input cannot be used
   * @throws Exception when a pool or the disk fails
   */
  public Optional<Report> run() throws Exception {
    BenchHead head = BenchHead.take(settings);
    BenchContext bench = head.open(stop);
    BareZpages zpages = new BareZpages(bench.pages(), bench.codec());
    ZpoolContext context = new ZpoolContext(bench, zpages, kinds(), poolBytes, this::begin);
    List<ZpoolMeasurement> wanted =
        all().stream()
            .filter(one -> settings.parts().isEmpty() || settings.parts().contains(one.name()))
            .toList();
    List<ZpoolRow> rows = new ArrayList<>();
    int steps = wanted.stream().mapToInt(one -> one.steps(context)).sum();
    progress.begin("comparing", steps, 0, () -> running);
    try {
      for (ZpoolMeasurement measurement : wanted) {
        measurement.run(context, rows::add);
      }
    } catch (StoppedException e) {
      return Optional.empty();
    } catch (RuntimeException | LinkageError e) {
      // Chronicle Map cannot start in a JVM that is going down.
      if (!stop.getAsBoolean()) {
        throw e;
      }
      return Optional.empty();
    } finally {
      progress.end();
    }
    return Optional.of(report(head, context, rows));
  }

  private void begin(String what) {
    progress.advance(running.isEmpty() ? 0 : 1);
    running = what;
  }

  private List<ZpoolKind> kinds() {
    for (ZpoolKind kind : ZpoolKind.values()) {
      Zpools.complaint(kind)
          .ifPresent(why -> progress.note("without " + ZpoolRow.word(kind) + ": " + why));
    }
    return Stream.of(ZpoolKind.values()).filter(k -> Zpools.complaint(k).isEmpty()).toList();
  }

  private Report report(BenchHead head, ZpoolContext context, List<ZpoolRow> rows) {
    Report report = new Report("bench zpools", Pagestrata.version());
    FieldSection section = new FieldSection("settings", "Comparison of zpools");
    head.addTo(section, context.bench());
    section
        .add("poolBytes", "memory of each pool", Unit.BYTES, poolBytes)
        .add(
            "zpools",
            "zpools",
            Unit.TEXT,
            context.kinds().stream().map(ZpoolRow::word).collect(Collectors.joining(", ")));
    report.add(section);
    TableSection table =
        new TableSection("results", "Side by side; medians where it is time")
            .column("name", "measured", Unit.TEXT)
            .column("limit", "limit", Unit.RATIO);
    for (ZpoolKind kind : ZpoolKind.values()) {
      table.column(ZpoolRow.word(kind), ZpoolRow.word(kind), Unit.RATIO);
    }
    table
        .column("target", "target", Unit.TEXT)
        .column("met", "met", Unit.FLAG)
        .column("unit", null, Unit.TEXT)
        .column("note", "note", Unit.TEXT);
    rows.forEach(row -> add(table, row));
    report.add(table);
    return report;
  }

  private static void add(TableSection table, ZpoolRow row) {
    List<Object> values = new ArrayList<>();
    values.add(row.name());
    values.add(row.limit());
    for (ZpoolKind kind : ZpoolKind.values()) {
      values.add(row.value(kind));
    }
    values.add(row.targetWords());
    values.add(row.isMet());
    values.add(row.unit().toString().toLowerCase(Locale.ROOT));
    values.add(row.note());
    table.row(values.toArray()).showAs("limit", row.unit());
    for (ZpoolKind kind : ZpoolKind.values()) {
      table.showAs(ZpoolRow.word(kind), row.unit());
    }
  }
}
