// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** What one logger, and those below it, are told while this is open. Thread-safe. */
public final class LogLines implements AutoCloseable {
  private final String logger;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  public LogLines(String logger) {
    this.logger = logger;
    AbstractAppender appender =
        new AbstractAppender("lines", null, null, true, Property.EMPTY_ARRAY) {
          @Override
          public void append(LogEvent event) {
            lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
          }
        };
    appender.start();
    LoggerConfig config = new LoggerConfig(logger, Level.INFO, false);
    config.addAppender(appender, Level.ALL, null);
    context().getConfiguration().addLogger(logger, config);
    context().updateLoggers();
  }

  private static LoggerContext context() {
    return (LoggerContext) LogManager.getContext(false);
  }

  /** Level and text of the next line; waits for it, since loggers of the program hand over. */
  public String next() throws InterruptedException {
    return lines.take();
  }

  @Override
  public void close() {
    Configuration configuration = context().getConfiguration();
    configuration.removeLogger(logger);
    context().updateLoggers();
  }
}
