// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import static java.util.stream.Collectors.joining;

import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.ExportConfig;
import io.pagestrata.config.FileTierConfig;
import io.pagestrata.config.ListenAddress;
import io.pagestrata.config.MachineCheck;
import io.pagestrata.config.RamTierConfig;
import io.pagestrata.config.RemoteTierConfig;
import io.pagestrata.config.TierConfig;
import io.pagestrata.config.Units;
import io.pagestrata.config.ZpoolSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says whether a configuration file is valid, and everything that is wrong with it at once. */
@Command(
    name = "check-config",
    description =
        "Check a configuration file without starting anything. Says all that is wrong with it, with"
            + " file and line. What this machine lacks is told as well, but is no error, since the"
            + " file may be meant for another.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:valid, whether or not this machine can do what it asks for",
      "1:the output cannot be written",
      "2:not valid, or it cannot be read"
    })
final class CheckConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "Configuration in YAML.")
  private Path file;

  @Override
  public Integer call() throws Exception {
    DaemonConfig config = ConfigFile.read(file);
    PrintWriter out = spec.commandLine().getOut();
    out.println(file + " is valid: pages of " + Units.formatBytes(config.store().pageBytes()));
    for (TierConfig tier : config.store().tiers()) {
      out.println("  " + describe(tier, tier == config.store().ram()));
    }
    for (ExportConfig export : config.exports()) {
      out.println("  " + describe(export));
    }
    out.println(
        "  listens on "
            + config.server().listen().stream().map(ListenAddress::text).collect(joining(", ")));
    for (String problem : MachineCheck.problems(config)) {
      out.println("  on this machine it would not open: " + problem);
    }
    for (String warning : MachineCheck.warnings(config.store())) {
      out.println("  warning: " + warning);
    }
    return ExitStatus.OK;
  }

  private static String describe(ExportConfig export) {
    return "export "
        + export.name()
        + ": "
        + Units.formatBytes(export.bytes())
        + (export.readOnly() ? ", read-only" : "");
  }

  private static String describe(TierConfig tier, boolean top) {
    if (tier instanceof RamTierConfig ram) {
      return ram.name()
          + ": at most "
          + Units.formatBytes(ram.maxBytes())
          + ", "
          + codecs(ram, top)
          + ", zpool "
          + ZpoolSettings.RAM_ZPOOL.textIn(ram);
    }
    String place =
        tier instanceof RemoteTierConfig remote
            ? " on " + remote.servers().stream().map(Object::toString).collect(joining(", "))
            : " in " + ((FileTierConfig) tier).directory();
    return tier.name() + ": at most " + Units.formatBytes(tier.maxBytes()) + place;
  }

  /** A tier below takes what the one above compressed. */
  private static String codecs(RamTierConfig ram, boolean top) {
    String denser = ram.recompression().codec().map(it -> "recompressed with " + it).orElse("");
    if (top) {
      return ram.codec() + (denser.isEmpty() ? "" : ", cold ones " + denser);
    }
    return "zpages " + (denser.isEmpty() ? "as they come" : denser);
  }
}
