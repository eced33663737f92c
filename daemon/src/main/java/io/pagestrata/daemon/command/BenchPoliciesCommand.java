// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.daemon.bench.BenchSettings;
import io.pagestrata.daemon.bench.PolicyBench;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares the eviction policies with recorded swap traffic. */
@Command(
    name = "policies",
    description = {
      "Compare the eviction policies of the RAM tier: hits in RAM of whole stores under recorded"
          + " swap traffic, for several sizes of RAM, beside exact LRU and the optimum that knows"
          + " the future. Counts, so any machine will do.",
      "Sizes are numbers with a unit, such as 64MiB."
    })
final class BenchPoliciesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private BenchOptions options;

  @Mixin private TraceOption trace;

  @Option(
      names = "--zpool",
      paramLabel = "KIND",
      defaultValue = "log",
      description =
          "Allocator in the RAM of the stores: log, zsmalloc, zbud or chronicle (default:"
              + " ${DEFAULT-VALUE}).")
  private String zpool;

  @Override
  public Integer call() throws Exception {
    if (!spec.parent().commandLine().getParseResult().matchedOptions().isEmpty()) {
      throw new ParameterException(spec.commandLine(), "options stand behind 'policies'");
    }
    if (trace.files().isEmpty()) {
      throw options.wrong("--trace FILE is missing");
    }
    BenchSettings settings = options.settings(Set.of(), trace.files(), zpool, "s3-fifo", 1);
    return options.run((progress, stop) -> new PolicyBench(settings, progress, stop).run());
  }
}
