// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.StoreFiles;
import io.pagestrata.core.check.CheckStoppedException;
import io.pagestrata.core.check.Inspection;
import io.pagestrata.daemon.input.InputException;
import io.pagestrata.daemon.report.JsonReport;
import io.pagestrata.daemon.report.Report;
import io.pagestrata.daemon.report.TableSection;
import io.pagestrata.daemon.terminal.Progress;
import io.pagestrata.daemon.terminal.ProgressStyle;
import io.pagestrata.daemon.terminal.ProgressTicker;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what is in the directory of a store. */
@Command(
    name = "inspect",
    description = {
      "List the segments of a store with what is alive in them, and its pools. Reads every record,"
          + " takes no lock and changes nothing.",
      "The store may run meanwhile; then the figures are those of different moments."
    })
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Directory of the file tier.")
  private Path directory;

  @Option(
      names = "--records",
      paramLabel = "SEGMENT",
      description = "List the records of one segment, such as segment-00000001.pss, instead.")
  private String segment;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the report as JSON, too.")
  private Path reportFile;

  @Override
  public Integer call() throws Exception {
    ReportFile.checkWritable(reportFile);
    StoreDirectory.check(directory);
    Report report = new Report("inspect", Pagestrata.version());
    if (segment == null) {
      try (StopSignal stop = new StopSignal()) {
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = new Progress(err, ProgressStyle.detect(), System::nanoTime);
        Inspection found =
            ProgressTicker.during(
                progress,
                () -> StoreFiles.inspect(directory, new ShownCheckProgress(progress, stop)));
        report.add(CheckReports.storeWithUser(found));
        report.add(CheckReports.segments(found.segments(), System.currentTimeMillis()));
        report.add(CheckReports.pools(found.pools()));
        report.add(CheckReports.totals(found.totals()));
      } catch (CheckStoppedException e) {
        return ExitStatus.INTERRUPTED;
      }
    } else {
      report.add(records());
    }
    report.print(spec.commandLine().getOut());
    if (reportFile != null) {
      JsonReport.write(report, reportFile);
    }
    return ExitStatus.OK;
  }

  private TableSection records() throws IOException, InputException {
    Path file = directory.resolve(segment);
    if (!directory.equals(file.getParent()) || !Files.isRegularFile(file)) {
      throw new InputException("no segment " + segment + " in " + directory);
    }
    TableSection records = CheckReports.records();
    StoreFiles.records(directory, segment, record -> CheckReports.add(records, record));
    return records;
  }
}
