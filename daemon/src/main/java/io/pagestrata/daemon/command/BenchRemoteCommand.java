// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.daemon.bench.BenchSettings;
import io.pagestrata.daemon.bench.RemoteBench;
import io.pagestrata.daemon.bench.RemoteServers;
import io.pagestrata.daemon.redis.ServerBinary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the remote tier with the user's own pages. */
@Command(
    name = "remote",
    description = {
      "Measure the remote tier with your own data, each figure beside the bare client: batches,"
          + " refaults, and, on servers that it starts on this machine for that, what a server that"
          + " hangs and a master that dies cost. Run it on a quiet machine.",
      "Sizes are numbers with a unit, such as 64MiB."
    })
final class BenchRemoteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private BenchOptions options;

  @Mixin private LoginOptions login;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "Run these parts only: batch, refault, hang, failover.")
  private List<String> parts = List.of();

  @Option(
      names = "--remote",
      arity = "1..*",
      paramLabel = "URI",
      description =
          "Server, or some of a cluster, to measure on instead: redis://host:port, rediss://host:port"
              + " with TLS.")
  private List<String> uris = List.of();

  @Option(
      names = "--server",
      paramLabel = "FILE",
      description =
          "Program to start as server and as cluster (default: valkey-server or redis-server, where"
              + " the system finds it).")
  private Path binary;

  @Override
  public Integer call() throws Exception {
    if (!spec.parent().commandLine().getParseResult().matchedOptions().isEmpty()) {
      throw options.wrong("options stand behind 'remote'");
    }
    BenchSettings settings =
        options.settings(options.parts(parts, RemoteBench.names()), List.of(), "log", "s3-fifo", 1);
    login.checkFiles();
    RemoteServers servers = servers();
    return options.run(
        (progress, stop) -> new RemoteBench(settings, servers, progress, stop).run());
  }

  private RemoteServers servers() {
    Optional<Path> program =
        binary == null ? ServerBinary.find(System.getenv("PATH")) : Optional.of(binary);
    if (!uris.isEmpty() && binary != null) {
      throw options.wrong("--server has no meaning with --remote");
    }
    if (uris.isEmpty() && program.isEmpty()) {
      throw options.wrong(
          "no valkey-server and no redis-server found: install one, give --server FILE, or --remote"
              + " URI of one that runs");
    }
    if (uris.isEmpty() && !Files.isExecutable(program.get())) {
      throw options.wrong("--server: " + program.get() + " is no program that can be started");
    }
    uris.forEach(uri -> LoginOptions.checkServer(uri, spec));
    return new RemoteServers(
        uris, login.username(), login.passwordFile(), login.trustedCertificates(), program);
  }
}
