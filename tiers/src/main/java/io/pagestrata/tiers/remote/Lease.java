// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.SetArgs;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The right to use a namespace: a key with an expiry that its owner renews.
 *
 * <p>It keeps two stores from sharing a namespace by mistake, and tells a namespace in use from
 * what a dead process left. Nothing that must not be lost depends on it, since keys of two starts
 * differ in any case; who finds it taken stores nothing and tries again. Stepped by the {@link
 * Watch} alone, asked by everybody.
 */
final class Lease {
  static final long EXPIRY_MILLIS = 15_000;
  private static final long EXPIRY_NANOS = TimeUnit.MILLISECONDS.toNanos(EXPIRY_MILLIS);
  private static final long RENEWAL_NANOS = TimeUnit.SECONDS.toNanos(4);
  private static final Logger LOG = LogManager.getLogger(RemoteTier.class);

  private final Keys keys;
  private final byte[] token;
  private final LongSupplier nanoClock;
  private final long timeoutNanos;
  private volatile boolean held;
  private volatile long renewedNanos;
  private boolean told;

  Lease(Keys keys, LongSupplier nanoClock, long timeoutNanos) {
    this.keys = keys;
    this.nanoClock = nanoClock;
    this.timeoutNanos = timeoutNanos;
    String owner = keys.run() + " process " + ProcessHandle.current().pid();
    token = owner.getBytes(StandardCharsets.UTF_8);
  }

  /** False as well when it was not renewed for so long that another store may have it. */
  boolean isHeld() {
    return held && nanoClock.getAsLong() - renewedNanos < EXPIRY_NANOS;
  }

  byte[] key() {
    return keys.owner();
  }

  /** Acquires or renews when it is time. */
  void step(Servers servers, long now) {
    if (held && now - renewedNanos < RENEWAL_NANOS) {
      return;
    }
    Node node = servers.of(Keys.hashSlot(key()));
    if (node == null || !node.mayRead()) {
      return;
    }
    try {
      if (acquire(node)) {
        // Of before the request: what the server counts from is not earlier.
        renewedNanos = now;
        held = true;
        told = false;
      }
    } catch (RemoteFailure e) {
      LOG.debug("namespace not renewed: {}", e.getMessage());
    }
  }

  private boolean acquire(Node node) throws RemoteFailure {
    byte[] owner = node.await(node.get(key()), timeoutNanos);
    SetArgs args = SetArgs.Builder.px(EXPIRY_MILLIS);
    if (owner == null) {
      args.nx();
    } else if (java.util.Arrays.equals(owner, token)) {
      args.xx();
    } else {
      tellTaken(new String(owner, StandardCharsets.UTF_8));
      return false;
    }
    return node.await(node.write(commands -> commands.set(key(), token, args)), timeoutNanos)
        != null;
  }

  private void tellTaken(String owner) {
    held = false;
    if (!told) {
      told = true;
      LOG.error(
          "remote tier: the namespace of {} is in use (run {}); nothing is stored there until it is"
              + " free",
          Keys.text(key()),
          owner);
    }
  }
}
