// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.time.Duration;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Says why connections end. Stateless. */
final class ConnectionLog {
  private static final Logger LOG = LogManager.getLogger(ConnectionLog.class);

  private ConnectionLog() {}

  static void stalled(Channel channel, Duration timeout) {
    LOG.warn(
        "connection {} closed: it took no byte of its replies for {} s",
        channel.remoteAddress(),
        timeout.toSeconds());
  }

  /** What clients do wrong is one line; what we do wrong shows where. */
  static void ended(Channel channel, Throwable cause) {
    if (cause instanceof IOException || cause instanceof DecoderException) {
      LOG.info("connection {} ended: {}", channel.remoteAddress(), cause.getMessage());
    } else {
      LOG.error("connection {} ended by a fault", channel.remoteAddress(), cause);
    }
  }
}
