// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.ExportConfig;
import io.pagestrata.daemon.host.ServiceManager;
import io.pagestrata.daemon.host.StopSignals;
import io.pagestrata.daemon.host.SwapSafety;
import io.pagestrata.daemon.redis.RemoteServer;
import io.pagestrata.daemon.serve.Daemon;
import io.pagestrata.daemon.serve.DefaultConfig;
import io.pagestrata.daemon.serve.Introduction;
import io.pagestrata.daemon.serve.StartException;
import io.pagestrata.daemon.serve.StatsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The daemon: serves exports until a signal stops it. */
@Command(
    name = "run",
    description = {
      "Serve block devices over NBD until Ctrl-C, SIGTERM or the end of its terminal, which lets"
          + " requests in progress end; a second Ctrl-C or SIGTERM stops at once.",
      "Without a file there is one export of 8GiB on loopback TCP and on a unix socket, in memory"
          + " and in a directory."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:stopped as asked",
      "1:failure while serving, stopping or writing output",
      "2:wrong option, file or configuration",
      "3:an address cannot be listened on, such as a port that is taken",
      "4:a tier cannot be opened, such as a directory that another store uses",
      "5:a file of TLS is missing or wrong",
      "6:not safe for swap of this machine",
      "130, 143:stopped at once by a second Ctrl-C or SIGTERM"
    })
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Configuration in YAML (default: see --show-config).")
  private Path file;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where segments and socket go without a file (default: $STATE_DIRECTORY, or a new"
              + " directory, deleted at the end).")
  private Path directory;

  @Option(
      names = "--remote",
      paramLabel = "URI",
      description =
          "redis://host:port, or rediss://host:port with TLS: without a file, put 1GiB of a Redis"
              + " or Valkey server between memory and directory.")
  private String remote;

  @Mixin private LoginOptions login;

  @Option(
      names = "--show-config",
      description = "Print the configuration that holds without a file, and do nothing.")
  private boolean showConfig;

  @Option(
      names = "--swap-safe",
      description =
          "Protect the process so that it may serve swap to this machine: I/O flusher, locked"
              + " memory, never killed for memory. See docs/swap.md.")
  private boolean swapSafe;

  @Option(names = "--log", description = "Show the writeback monitor log on standard error.")
  private boolean log;

  @Option(
      names = "--log-file",
      paramLabel = "FILE",
      description = "Append the writeback monitor log to a file instead.")
  private Path logFile;

  @Option(
      names = "--stats-file",
      paramLabel = "FILE",
      description =
          "Write all statistics to a file as JSON, every 10 s and at the end; docs/metrics.md says"
              + " what they mean.")
  private Path statsFile;

  @Override
  public Integer call() throws Exception {
    if (file != null && (directory != null || remote != null || showConfig)) {
      String option =
          directory != null ? "--directory" : remote != null ? "--remote" : "--show-config";
      throw new ParameterException(
          spec.commandLine(), option + " has no meaning with a configuration file");
    }
    Optional<RemoteServer> server = login.at(remote, spec);
    if (showConfig) {
      return show(server);
    }
    ReportFile.checkWritable("statistics", statsFile);
    login.checkFiles();
    if (logFile != null) {
      Logging.writeMonitorLog(logFile);
    } else if (log) {
      Logging.showMonitorLog();
    }
    if (file != null) {
      DaemonConfig config = ConfigFile.read(file);
      try (StopSignals signals = new StopSignals()) {
        return serve(config, signals);
      }
    }
    // Signals come first, so that one while this starts leaves no directory behind.
    try (StopSignals signals = new StopSignals();
        DefaultPlace place = DefaultPlace.open(directory)) {
      return serve(DefaultConfig.read(yaml(place, server)), signals);
    }
  }

  private int show(Optional<RemoteServer> server) throws IOException {
    try (DefaultPlace place = DefaultPlace.shown(directory)) {
      String yaml = yaml(place, server);
      // What is refused may hold a password, and is not shown.
      DefaultConfig.read(yaml);
      spec.commandLine().getOut().print(yaml);
      spec.commandLine().getOut().flush();
      return ExitStatus.OK;
    }
  }

  private static String yaml(DefaultPlace place, Optional<RemoteServer> server) throws IOException {
    String yaml = DefaultConfig.yaml(place.directory(), place.socketDirectory());
    return server.isPresent() ? DefaultConfig.withRemote(yaml, server.get()) : yaml;
  }

  private int serve(DaemonConfig config, StopSignals signals)
      throws StartException, IOException, InterruptedException {
    if (swapSafe) {
      protect();
    }
    ServiceManager manager = ServiceManager.ofThisProcess();
    try (Daemon daemon = Daemon.start(config)) {
      PrintWriter out = spec.commandLine().getOut();
      daemon.warnings().forEach(it -> tell("warning: " + it));
      Introduction.lines(daemon).forEach(out::println);
      out.flush();
      manager.ready(
          "serves "
              + config.exports().stream()
                  .map(ExportConfig::name)
                  .collect(Collectors.joining(", ")));
      await(signals, daemon);
      tell("stopping");
      sayStopping(manager);
    }
    tell("stopped");
    return ExitStatus.OK;
  }

  private void await(StopSignals signals, Daemon daemon) throws InterruptedException {
    if (statsFile == null) {
      signals.await();
      return;
    }
    StatsFile stats = new StatsFile(daemon::stats, statsFile);
    try {
      signals.await();
    } finally {
      stats.close();
    }
  }

  private static void protect() throws StartException {
    List<String> problems = SwapSafety.apply();
    if (!problems.isEmpty()) {
      throw new StartException(
          StartException.Fault.HOST,
          "not safe for swap of this machine: " + String.join("; ", problems));
    }
  }

  /** A stop goes on whether or not somebody hears of it. */
  private void sayStopping(ServiceManager manager) {
    try {
      manager.stopping();
    } catch (IOException e) {
      tell("warning: " + e.getMessage());
    }
  }

  private void tell(String line) {
    spec.commandLine().getErr().println(spec.qualifiedName() + ": " + line);
    spec.commandLine().getErr().flush();
  }
}
