// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.api.StatefulRedisConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The time in which a server that was used does not answer. The client tries to reach it all the
 * time, but does not say what it meets; so a connection is made now and then for that alone. Told
 * once, and again when it turns out that only a person can mend it. Stepped by the {@link Watch}.
 */
final class Absence {
  private static final Logger LOG = LogManager.getLogger(RemoteTier.class);
  private static final long TRIAL_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long MILLIS_PER_SECOND = 1000;

  private final Node node;
  private final RemoteUri server;
  private final Client client;
  private final long sinceNanos;
  private CompletableFuture<StatefulRedisConnection<byte[], byte[]>> trial;
  private long triedNanos;
  private boolean told;
  private String mistake;

  Absence(Node node, RemoteUri server, Client client, long now) {
    this.node = node;
    this.server = server;
    this.client = client;
    sinceNanos = now;
    tryNow(now);
  }

  private void tryNow(long now) {
    triedNanos = now;
    try {
      trial = client.open(client.uri(server));
    } catch (RemoteFailure e) {
      trial = CompletableFuture.failedFuture(e);
    }
  }

  /** Tells why, as soon as that is known. */
  void step(long now) {
    if (trial != null && trial.isDone()) {
      RemoteFailure failure = outcome();
      trial = null;
      if (failure.kind == RemoteFailure.Kind.CONFIG && !failure.getMessage().equals(mistake)) {
        mistake = failure.getMessage();
        told = true;
        LOG.error("remote tier: {}; it is passed over until that is mended", mistake);
      } else if (!told && node.mistake == null) {
        told = true;
        LOG.warn("remote tier: {}; it is passed over", failure.getMessage());
      }
    } else if (trial == null && now - triedNanos >= TRIAL_NANOS) {
      tryNow(now);
    }
  }

  private RemoteFailure outcome() {
    try {
      trial.join().closeAsync();
      // Back again, or it answers new connections alone.
      return new RemoteFailure(RemoteFailure.Kind.UNKNOWN, node + " did not answer in time", null);
    } catch (CompletionException e) {
      return e.getCause() instanceof RemoteFailure failure
          ? failure
          : RemoteFailure.of(node.address, e.getCause());
    }
  }

  /** As loud as what it takes back. */
  void end(long now) {
    long millis = TimeUnit.NANOSECONDS.toMillis(now - sinceNanos);
    String time = millis < MILLIS_PER_SECOND ? millis + " ms" : millis / MILLIS_PER_SECOND + " s";
    if (told || node.mistake == null) {
      LOG.warn("remote tier: {} answers again after {}", node, time);
    }
    if (trial != null) {
      trial.thenAccept(StatefulRedisConnection::closeAsync);
    }
  }
}
