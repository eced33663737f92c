// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.daemon.bench.BenchSettings;
import io.pagestrata.daemon.bench.ZpoolBench;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares the zpools with the user's own pages. */
@Command(
    name = "zpools",
    description = {
      "Compare the allocators of the RAM tier side by side with your own data: density, what"
          + " reclaim gives back, time of a store, load and free, pauses, and, with --trace, hits."
          + " Run it on a quiet machine.",
      "Sizes are numbers with a unit, such as 64MiB."
    })
final class BenchZpoolsCommand implements Callable<Integer> {
  private static final long LEAST_RAM_BYTES = 8L << 20;
  private static final long MOST_RAM_BYTES = 64L << 30;

  @Spec private CommandSpec spec;

  @Mixin private BenchOptions options;

  @Mixin private TraceOption trace;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "Run these parts only: density, reclaim, speed, pause, hits.")
  private List<String> parts = List.of();

  @Option(
      names = "--ram",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      defaultValue = "128MiB",
      description = "Memory of each pool that is filled (default: ${DEFAULT-VALUE}).")
  private long poolBytes;

  @Override
  public Integer call() throws Exception {
    if (!spec.parent().commandLine().getParseResult().matchedOptions().isEmpty()) {
      throw new ParameterException(spec.commandLine(), "options stand behind 'zpools'");
    }
    if (poolBytes < LEAST_RAM_BYTES) {
      throw new ParameterException(spec.commandLine(), "--ram is less than 8MiB");
    }
    if (poolBytes > MOST_RAM_BYTES) {
      throw new ParameterException(spec.commandLine(), "--ram is more than 64GiB");
    }
    BenchSettings settings =
        options.settings(
            options.parts(parts, ZpoolBench.names(), trace.files(), "hits"),
            trace.files(),
            "log",
            "s3-fifo",
            1);
    return options.run(
        (progress, stop) -> new ZpoolBench(settings, poolBytes, progress, stop).run());
  }
}
