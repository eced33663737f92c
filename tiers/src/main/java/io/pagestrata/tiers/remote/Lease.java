// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.SetArgs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The right to use a namespace: a key with an expiry that its owner renews.
 *
 * <p>It keeps two stores from sharing a namespace by mistake, and tells a run that lives from what
 * a dead process left. Nothing that must not be lost depends on it, since keys of two runs differ
 * in any case; who finds it taken stores nothing and tries again. A run that was cut off until
 * another one took its place, and still keeps zpages there, says so by a key of its own. Stepped by
 * the {@link Watch} alone, asked by everybody.
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
  private final BooleanSupplier keepsZpages;
  private volatile boolean held;
  private volatile long renewedNanos;
  private boolean told;
  private boolean marked;
  private long markedNanos;

  Lease(Keys keys, LongSupplier nanoClock, long timeoutNanos, BooleanSupplier keepsZpages) {
    this.keys = keys;
    this.nanoClock = nanoClock;
    this.timeoutNanos = timeoutNanos;
    this.keepsZpages = keepsZpages;
    String owner = keys.run() + " process " + ProcessHandle.current().pid() + host();
    token = owner.getBytes(StandardCharsets.UTF_8);
  }

  /** For people who look for it; a look-up in the network could take long. */
  private static String host() {
    try {
      return " on " + Files.readString(Path.of("/proc/sys/kernel/hostname")).trim();
    } catch (IOException e) {
      return "";
    }
  }

  /** False as well when it was not renewed for so long that another store may have it. */
  boolean isHeld() {
    return held && nanoClock.getAsLong() - renewedNanos < EXPIRY_NANOS;
  }

  /** Acquires or renews when it is time. */
  void step(Servers servers, long now) {
    if (held && now - renewedNanos < RENEWAL_NANOS) {
      return;
    }
    Node node = servers.of(Keys.hashSlot(keys.owner()));
    if (node == null || !node.mayRead()) {
      return;
    }
    try {
      if (acquire(node)) {
        // Of before the request: what the server counts from is not earlier.
        renewedNanos = now;
        held = true;
        tellFree();
      } else if (!held) {
        mark(servers, now);
      }
    } catch (RemoteFailure e) {
      LOG.debug("namespace not renewed: {}", e.getMessage());
    }
  }

  private boolean acquire(Node node) throws RemoteFailure {
    byte[] owner = node.await(node.get(keys.owner()), timeoutNanos);
    SetArgs args = SetArgs.Builder.px(EXPIRY_MILLIS);
    if (owner == null) {
      args.nx();
    } else if (Arrays.equals(owner, token)) {
      args.xx();
    } else {
      tellTaken(new String(owner, StandardCharsets.UTF_8));
      return false;
    }
    return node.await(node.write(it -> it.set(keys.owner(), token, args)), timeoutNanos) != null;
  }

  /** Says that this run lives, though another one owns the namespace. */
  private void mark(Servers servers, long now) throws RemoteFailure {
    Node node = servers.of(Keys.hashSlot(keys.alive()));
    boolean due = !marked || now - markedNanos >= RENEWAL_NANOS;
    if (due && keepsZpages.getAsBoolean() && node != null && node.mayRead()) {
      SetArgs args = SetArgs.Builder.px(EXPIRY_MILLIS);
      node.await(node.write(it -> it.set(keys.alive(), token, args)), timeoutNanos);
      marked = true;
      markedNanos = now;
    }
  }

  /** Gives the namespace up; what cannot be removed in time its expiry removes. */
  void end(Servers servers) throws RemoteFailure {
    if (held) {
      remove(servers, keys.owner());
    }
    if (marked) {
      remove(servers, keys.alive());
    }
  }

  /** Unless another run has taken it in the meantime. */
  private void remove(Servers servers, byte[] key) throws RemoteFailure {
    Node node = servers.of(Keys.hashSlot(key));
    boolean reachable = node != null && node.mayRead();
    if (reachable && Arrays.equals(node.await(node.get(key), timeoutNanos), token)) {
      node.await(node.unlink(new byte[][] {key}), timeoutNanos);
    }
  }

  private void tellTaken(String owner) {
    held = false;
    if (!told) {
      told = true;
      LOG.error(
          "remote tier: namespace {} is in use by run {}; nothing is stored there until that ends",
          keys.namespace(),
          owner);
    }
  }

  private void tellFree() {
    if (told) {
      told = false;
      LOG.warn("remote tier: namespace {} is free again, and used", keys.namespace());
    }
  }
}
