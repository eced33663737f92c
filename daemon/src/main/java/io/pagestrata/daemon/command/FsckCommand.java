// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.StoreFiles;
import io.pagestrata.config.StoreKeys;
import io.pagestrata.core.check.CheckStoppedException;
import io.pagestrata.core.check.DirectoryInUseException;
import io.pagestrata.core.check.Finding;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.core.check.PoolFacts;
import io.pagestrata.core.check.Remedy;
import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.report.JsonReport;
import io.pagestrata.daemon.report.Report;
import io.pagestrata.daemon.terminal.Progress;
import io.pagestrata.daemon.terminal.ProgressStyle;
import io.pagestrata.daemon.terminal.ProgressTicker;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks the directory of a stopped store, and repairs it. */
@Command(
    name = "fsck",
    description = {
      "Check the directory of a stopped store: manifest, segments, and the checksum of every"
          + " record. Changes nothing without --repair.",
      "With --repair a page whose content is lost is marked as lost: reading it fails, and no older"
          + " content is ever taken for it. What was damaged stays under the name FILE.damaged."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:nothing found",
      "1:findings, all repaired or harmless",
      "2:wrong option, or no directory of a store",
      "4:findings that are left",
      "8:it could not be checked or repaired, or not with the keys that were given",
      "9:the store runs",
      "130:stopped by Ctrl-C",
      "143:stopped by SIGTERM"
    })
final class FsckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Directory of the file tier.")
  private Path directory;

  @Option(names = "--repair", description = "Put right what can be.")
  private boolean repair;

  @Option(
      names = "--accept-loss",
      description =
          "With --repair: go on even where pages are lost and nothing tells which. Their older"
              + " contents may come back.")
  private boolean acceptLoss;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "Key of encrypted segments, to open their records as well; may be given several times.")
  private List<Path> keyFiles = List.of();

  /** Ids of the keys in those files. */
  private final Set<String> given = new HashSet<>();

  @Option(names = "--report", paramLabel = "FILE", description = "Write the report as JSON, too.")
  private Path reportFile;

  @Override
  public Integer call() throws Exception {
    if (acceptLoss && !repair) {
      throw new ParameterException(spec.commandLine(), "--accept-loss goes with --repair only");
    }
    ReportFile.checkWritable(reportFile);
    for (Path keyFile : keyFiles) {
      InputFile.checkReadable("--key-file", keyFile);
    }
    try (StopSignal stop = new StopSignal()) {
      return check(stop);
    }
  }

  /** Says everything before the signal hears that it is done: the process ends that moment. */
  private int check(StopSignal stop) throws Exception {
    try {
      StoreDirectory.check(directory);
      StoreKeys keys = readKeys();
      PrintWriter err = spec.commandLine().getErr();
      Progress progress = new Progress(err, ProgressStyle.detect(), System::nanoTime);
      return tell(
          ProgressTicker.during(
              progress,
              () ->
                  StoreFiles.check(
                      directory,
                      keys,
                      repair,
                      acceptLoss,
                      new ShownCheckProgress(progress, stop))));
    } catch (CheckStoppedException e) {
      complain("stopped, nothing was changed");
      return ExitStatus.INTERRUPTED;
    } catch (DirectoryInUseException e) {
      complain(e.getMessage());
      return ExitStatus.IN_USE;
    } catch (IOException e) {
      complain(Failures.describe(e));
      return ExitStatus.UNCHECKED;
    }
  }

  /** While signals are heard already: a pipe may keep its reader waiting. */
  private StoreKeys readKeys() throws InputException {
    try {
      StoreKeys keys = StoreKeys.read(keyFiles);
      given.addAll(keys.ids());
      return keys;
    } catch (IOException e) {
      throw new InputException("--key-file: " + e.getMessage());
    }
  }

  private void complain(String message) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(spec.qualifiedName() + ": " + message);
    err.flush();
  }

  private int tell(Inspection found) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    for (Finding finding : found.findings()) {
      out.println(CheckReports.line(finding));
    }
    long more = found.totals().moreFindings();
    if (more > 0) {
      out.println("and " + more + " more findings");
    }
    Report report = new Report("fsck", Pagestrata.version());
    report.add(CheckReports.store(found));
    report.add(CheckReports.totals(found.totals()));
    report.print(out);
    out.println();
    for (PoolFacts pool : found.pools()) {
      if (repair && pool.name().equals("recovered-" + pool.id())) {
        out.printf(
            "pool %s has %d pages and has lost its name; an export with 'pool: %s' serves them%n",
            pool.name(), pool.pages(), pool.name());
      }
    }
    long all = found.findings().size() + more;
    out.println(directory + ": " + verdict(found, all));
    out.flush();
    if (reportFile != null) {
      report.add(CheckReports.findings(found.findings()));
      JsonReport.write(report, reportFile);
    }
    if (found.left() > 0) {
      return ExitStatus.FINDINGS_LEFT;
    }
    if (!given.isEmpty() && !missingKeys(found).isEmpty()) {
      return ExitStatus.UNCHECKED;
    }
    return all > 0 ? ExitStatus.FINDINGS_HARMLESS : ExitStatus.OK;
  }

  /** Ids of the keys of segments whose records could not be opened. */
  private SortedSet<String> missingKeys(Inspection found) {
    SortedSet<String> keys = new TreeSet<>();
    if (found.totals().unopenedSegments() > 0) {
      found.segments().forEach(segment -> keys.add(segment.encryption()));
      keys.remove("none");
      keys.removeAll(given);
    }
    return keys;
  }

  private static boolean needsAcceptance(Inspection found) {
    return found.findings().stream().anyMatch(it -> it.remedy() == Remedy.NEEDS_ACCEPTANCE);
  }

  private String verdict(Inspection found, long all) {
    StringBuilder verdict = new StringBuilder();
    SortedSet<String> missing = missingKeys(found);
    boolean wrongKey = !given.isEmpty() && !missing.isEmpty();
    if (all == 0) {
      verdict.append(wrongKey ? "no findings" : "clean");
    } else if (found.left() == 0) {
      verdict.append(all).append(all == 1 ? " finding, " : " findings, all ");
      verdict.append("repaired or harmless");
    } else {
      verdict.append(all).append(all == 1 ? " finding, " : " findings, ");
      verdict.append(found.left()).append(" left");
      if (repair && needsAcceptance(found)) {
        verdict.append("; nothing was repaired, since that needs --accept-loss");
      }
    }
    if (!found.state().durable()) {
      verdict.append("; the store is volatile, its next start deletes everything");
    }
    if (!missing.isEmpty()) {
      verdict
          .append(wrongKey ? "; none of the keys given is key " : "; without key ")
          .append(String.join(", ", missing))
          .append(wrongKey ? ", without which" : "")
          .append(" encrypted records were checked by checksum only");
    }
    return verdict.toString();
  }
}
