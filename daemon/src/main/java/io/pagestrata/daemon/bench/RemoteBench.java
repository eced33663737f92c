// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.daemon.report.Report;
import io.pagestrata.daemon.terminal.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Measures the remote tier beside the bare client. For one thread, used once. */
public final class RemoteBench {
  private final BenchSettings settings;
  private final RemoteServers servers;
  private final Progress progress;
  private final BooleanSupplier stop;

  /**
   * Makes a benchmark that has not run yet.
   *
   * @param settings what the user asked for
   * @param servers where to measure
   * @param progress shows how far it is
   * @param stop asked often; true ends the benchmark early
   */
  public RemoteBench(
      BenchSettings settings, RemoteServers servers, Progress progress, BooleanSupplier stop) {
    this.settings = settings;
    this.servers = servers;
    this.progress = progress;
    this.stop = stop;
  }

  private static List<Measurement> all(RemoteServers servers) {
    List<Measurement> all = new ArrayList<>();
    all.add(new RemoteBatchMeasurement(servers::server));
    all.add(new RemoteRefaultMeasurement(servers::server));
    if (servers.areOurs()) {
      all.add(new RemoteHangMeasurement(servers::server));
      all.add(new RemoteBatchMeasurement(servers::cluster));
      all.add(new RemoteRefaultMeasurement(servers::cluster));
      all.add(new RemoteFailoverMeasurement(servers::cluster));
    }
    return all;
  }

  /**
   * Names of all parts.
   *
   * @return in the order in which they run first
   */
  public static List<String> names() {
    return List.of(
        RemoteBatchMeasurement.NAME,
        RemoteRefaultMeasurement.NAME,
        RemoteHangMeasurement.NAME,
        RemoteFailoverMeasurement.NAME);
  }

  /**
   * Runs the benchmark.
   *
   * @return the table, or empty when it was stopped
   * @throws Exception when servers, store or disk fail
   */
  public Optional<Report> run() throws Exception {
    List<Measurement> wanted =
        all(servers).stream()
            .filter(one -> settings.parts().isEmpty() || settings.parts().contains(one.name()))
            .toList();
    if (!servers.areOurs()) {
      progress.note("what happens when servers fail is measured without --remote only");
    }
    try {
      return new Bench("bench remote", wanted, settings, progress, stop).run();
    } catch (Exception e) {
      // Ctrl-C in a terminal ends the servers, too.
      if (stop.getAsBoolean()) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
