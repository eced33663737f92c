// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import io.pagestrata.daemon.input.InputException;
import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;

/** Switches on what the logging configuration keeps quiet by default. */
final class Logging {
  private static final String MONITOR_LOGGER = "pagestrata.writeback";
  private static final String RECOVERY_LOGGER = "pagestrata.recovery";
  private static final String TIERS_LOGGER = "io.pagestrata.tiers";
  private static final String REMOTE_LOGGER = "io.pagestrata.tiers.remote";
  private static final String MONITOR_APPENDER = "monitor";

  private Logging() {}

  /**
   * Measurements fill tiers, hang servers and open stores again on purpose: lines of that would
   * only tear the output apart.
   */
  static void showErrorsOnly() {
    Configurator.setLevel(MONITOR_LOGGER, Level.ERROR);
    Configurator.setLevel(RECOVERY_LOGGER, Level.ERROR);
    Configurator.setLevel(TIERS_LOGGER, Level.WARN);
    Configurator.setLevel(REMOTE_LOGGER, Level.ERROR);
  }

  static void showMonitorLog() {
    Configurator.setLevel(MONITOR_LOGGER, Level.INFO);
  }

  /** Appends the monitor log to a file; warnings are shown all the same. */
  static void writeMonitorLog(Path file) throws InputException {
    ReportFile.checkWritable("log", file);
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    PatternLayout layout = PatternLayout.newBuilder().setPattern("%m%n").build();
    FileAppender appender =
        FileAppender.newBuilder()
            .setName("monitor-file")
            .setLayout(layout)
            .setFileName(file.toString())
            .build();
    if (appender == null) {
      throw new InputException("cannot write the log " + file);
    }
    appender.setHandler(new LogFileTrouble(file));
    appender.start();
    LoggerConfig logger = context.getConfiguration().getLoggerConfig(MONITOR_LOGGER);
    Appender errors = logger.getAppenders().get(MONITOR_APPENDER);
    logger.removeAppender(MONITOR_APPENDER);
    logger.addAppender(errors, Level.WARN, null);
    logger.addAppender(appender, Level.ALL, null);
    context.updateLoggers();
    showMonitorLog();
  }
}
