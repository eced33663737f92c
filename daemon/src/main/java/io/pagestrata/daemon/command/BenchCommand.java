// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.daemon.bench.Bench;
import io.pagestrata.daemon.bench.BenchSettings;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures this machine with the user's own pages. */
@Command(
    name = "bench",
    description = {
      "Measure this machine with your own data: codecs, put, get from RAM, refault from disk and"
          + " writeback, each beside the bare limit. Run it on a quiet machine.",
      "Sizes are numbers with a unit, such as 64MiB."
    },
    synopsisSubcommandLabel = "[COMMAND]",
    commandListHeading = "%nCommands:%n",
    subcommands = {BenchZpoolsCommand.class, BenchPoliciesCommand.class, BenchRemoteCommand.class})
final class BenchCommand implements Callable<Integer> {
  @Mixin private BenchOptions options;

  @Mixin private TraceOption trace;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description =
          "Run these parts only: codec, put, get, scaling, allocation, refault,"
              + " writeback, encryption, memory, amplification, durable, deduplication, pages,"
              + " dictionaries, chain, trace.")
  private List<String> parts = List.of();

  @Option(
      names = "--zpool",
      paramLabel = "KIND",
      defaultValue = "log",
      description =
          "Allocator in the RAM of the stores: log, zsmalloc, zbud or chronicle (default: ${DEFAULT-VALUE}).")
  private String zpool;

  @Option(
      names = "--eviction",
      paramLabel = "POLICY",
      defaultValue = "s3-fifo",
      description =
          "What leaves the RAM of the stores first: s3-fifo, second-chance or lru (default:"
              + " ${DEFAULT-VALUE}).")
  private String eviction;

  @Option(
      names = "--pages",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Pages of the memory measurement (default: ${DEFAULT-VALUE}).")
  private int tablePages;

  @Override
  public Integer call() throws Exception {
    BenchSettings settings =
        options.settings(
            options.parts(parts, Bench.names(), trace.files(), "trace"),
            trace.files(),
            zpool,
            eviction,
            tablePages);
    return options.run((progress, stop) -> new Bench(settings, progress, stop).run());
  }
}
