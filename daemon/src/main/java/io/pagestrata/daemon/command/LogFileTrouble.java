// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import java.nio.file.Path;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.ErrorHandler;
import org.apache.logging.log4j.core.LogEvent;

/**
 * Says once that a log file cannot be written, in the words of the disk: the logging library would
 * print a stack trace for every few lines. Thread-safe.
 */
final class LogFileTrouble implements ErrorHandler {
  private static final Logger LOG = LogManager.getLogger(LogFileTrouble.class);

  private final Path file;
  private boolean told;

  LogFileTrouble(Path file) {
    this.file = file;
  }

  @Override
  public void error(String message) {
    tell(message);
  }

  @Override
  public void error(String message, Throwable failure) {
    error(message, null, failure);
  }

  @Override
  public void error(String message, LogEvent event, Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    tell(String.valueOf(cause.getMessage()));
  }

  private synchronized void tell(String reason) {
    if (!told) {
      told = true;
      LOG.warn("lines of the log cannot be written to {} and are lost: {}", file, reason);
    }
  }
}
