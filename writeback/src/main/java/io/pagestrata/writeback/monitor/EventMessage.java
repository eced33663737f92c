// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.writeback.monitor;

import org.apache.logging.log4j.message.AsynchronouslyFormattable;
import org.apache.logging.log4j.message.Message;

/**
 * An event as a log message that formats itself, on the logging thread when loggers are
 * asynchronous. Immutable.
 */
@AsynchronouslyFormattable
final class EventMessage implements Message {
  private static final long serialVersionUID = 1;

  private final transient MonitorEvent event;
  private final boolean json;

  EventMessage(MonitorEvent event, boolean json) {
    this.event = event;
    this.json = json;
  }

  @Override
  public String getFormattedMessage() {
    return json ? LineFormat.json(event) : LineFormat.forPeople(event);
  }

  @Override
  public Object[] getParameters() {
    return event.fields().stream().map(event::value).toArray();
  }

  @Override
  public Throwable getThrowable() {
    // A JSON line must stay one line; the cause is a field of it.
    return json ? null : event.cause();
  }
}
