// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.pagestrata.core.tier.LostZpageException;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.RevocableTier;
import io.pagestrata.core.tier.StoreIntent;
import io.pagestrata.core.tier.TierHost;
import io.pagestrata.core.tier.TierOutcome;
import io.pagestrata.core.tier.TierState;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.core.tier.ZpageReader;
import io.pagestrata.core.tier.ZpageVisitor;
import io.pagestrata.tiers.crypt.CipherPool;
import io.pagestrata.tiers.crypt.RecordCipher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Keeps zpages in the memory of a Redis or Valkey server, or of a cluster of them.
 *
 * <p>The value is the zpage, sealed with a key that is nowhere but in this process; a stub of some
 * 50 bytes stays here: the header of the value, which every answer is compared with, and where the
 * mirror is. Zpages that were written together form a {@link Group}, which shares a hash tag, so a
 * batch is a few MSETs and reclaim of a group, where bytes are needed at all, a few MGETs. What was
 * accepted may be lost nevertheless, see {@link RevocableTier}.
 *
 * <p>Batches only: a page read here twice goes up, so none needs a second chance. Every call is
 * bounded by the timeouts, and as good as immediate once the {@link Breaker} of a server is open.
 * Reads take no lock; a store holds the store lock while it waits for answers. The tier has no
 * thread of its own but those of the client; {@link #maintain} does what has to be done regularly.
 */
public final class RemoteTier implements RevocableTier {
  private static final int SCRATCH_ALIGNMENT = 4096;
  private static final long LAST_REMOVALS_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final RemoteSettings settings;
  private final LongSupplier nanoClock;
  private final RecordCipher cipher;
  private final Keys keys;
  private final Groups groups;
  private final Servers servers;
  private final Client client;
  private final Lease lease;
  private final Watch watch;
  private final Space space;
  private final Counters counters = new Counters();
  private final Unlinker unlinker;
  private final GroupWriter writer;
  private final Suspects suspects;
  private final GroupShow showing;
  private final ReentrantLock storeLock = new ReentrantLock();
  private final long timeoutNanos;
  private final long readTimeoutNanos;
  private TierHost host;
  private volatile boolean closed;

  /**
   * Connects to the servers. One that cannot be reached now is looked for later; one that drops
   * keys, or refuses the login, is refused.
   *
   * @param settings servers, sizes, timeouts
   * @param budget charged for the stubs
   * @param nanoClock nanoseconds, as {@link System#nanoTime}
   * @throws IOException when a server must not be used; nothing stays open
   */
  public RemoteTier(RemoteSettings settings, MemoryBudget budget, LongSupplier nanoClock)
      throws IOException {
    this.settings = settings;
    this.nanoClock = nanoClock;
    timeoutNanos = settings.timeout().toNanos();
    readTimeoutNanos = settings.readTimeout().toNanos();
    cipher = RecordCipher.ephemeralBehindHeaders(new CipherPool(settings.pageBytes()));
    keys = new Keys(settings.namespace());
    servers = new Servers(nanoClock);
    groups = new Groups(budget);
    space = new Space(settings.maxBytes());
    unlinker = new Unlinker(groups, servers, keys, space);
    writer = new GroupWriter(settings, groups, servers, keys, cipher, unlinker, nanoClock);
    suspects = new Suspects(groups, servers, unlinker, counters, timeoutNanos);
    showing =
        new GroupShow(groups, servers, unlinker, cipher, counters, scratchBytes(), timeoutNanos);
    client = new Client(settings.access(), settings.timeout());
    lease = new Lease(keys, nanoClock, timeoutNanos, () -> counters.zpages.sum() > 0);
    watch = new Watch(settings, client, servers, lease, nanoClock);
    try {
      watch.start();
    } catch (IOException | RuntimeException e) {
      client.close();
      groups.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public boolean isMirrored() {
    return settings.isMirrored();
  }

  @Override
  public void attach(TierHost newHost) {
    host = newHost;
    suspects.attach(newHost);
  }

  // ---- reading ----

  @Override
  public int read(long locator, ByteBuffer scratch, ZpageReader reader) throws IOException {
    Group group = closed ? null : groups.pin(locator);
    if (group == null) {
      return GONE;
    }
    try {
      int place = Locators.place(locator);
      if (!group.isAlive(place)) {
        return GONE;
      }
      boolean mirrored = group.backing(place, Locators.version(locator)) != NO_BACKING;
      byte[] value = fetch(group, place, mirrored ? readTimeoutNanos : timeoutNanos);
      if (!group.isValueOf(place, value)) {
        if (!group.isAlive(place)) {
          return GONE; // freed while the answer was under way, and removed
        }
        counters.errors.increment();
        servers.tellMissed(group);
        throw new LostZpageException(
            describe(locator) + (value == null ? " is gone" : " holds another value"));
      }
      // The checksum of one that does not open does not match.
      return cipher.decrypt(value, scratch, group.number, place)
          ? reader.readWhole(scratch, 0, value.length)
          : reader.read(scratch, 0, value.length);
    } finally {
      groups.unpin(group);
    }
  }

  private byte[] fetch(Group group, int place, long waitNanos) throws RemoteFailure {
    Node node = servers.of(group.hashSlot);
    if (node == null || !node.mayRead()) {
      throw new RemoteFailure(
          RemoteFailure.Kind.DOWN, (node == null ? "its server" : node) + " is down", null);
    }
    counters.reads.increment();
    try {
      byte[] value = node.await(node.get(keys.zpage(group.number, place)), waitNanos);
      counters.readBytes.add(value == null ? 0 : value.length);
      return value;
    } catch (RemoteFailure e) {
      counters.errors.increment();
      throw e;
    }
  }

  @Override
  public int scratchBytes() {
    return settings.pageBytes() + SCRATCH_ALIGNMENT;
  }

  // ---- storing and freeing ----

  /**
   * {@inheritDoc}
   *
   * @return always {@link #NO_SPACE}
   */
  @Override
  public long store(ByteBuffer zpage, int offset, int bytes, long backing, StoreIntent intent) {
    return NO_SPACE;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Never throws for what servers do: full, away, slow, failing over are all refusals.
   */
  @Override
  public TierOutcome store(ZpageBatch batch) {
    storeLock.lock();
    try {
      if (closed) {
        return TierOutcome.CLOSED;
      }
      if (batch.count() == 0) {
        return TierOutcome.STORED;
      }
      TierOutcome outcome = write(batch);
      if (outcome != TierOutcome.STORED) {
        counters.refusals.increment();
      }
      if (space.liveBytes() >= settings.pressureShare() * space.limitBytes()) {
        host.underPressure();
      }
      return outcome;
    } finally {
      storeLock.unlock();
    }
  }

  @Override
  public Optional<String> trouble() {
    if (!lease.isHeld()) {
      return Optional.of(
          "its namespace is not held: no server answered yet, or another run has it");
    }
    return Optional.of(servers.obstacles()).filter(obstacles -> !obstacles.isEmpty());
  }

  private TierOutcome write(ZpageBatch batch) {
    if (!lease.isHeld()) {
      return TierOutcome.READ_ONLY;
    }
    long zpageBytes = batch.payloadBytes() + (long) batch.count() * ZpageHeader.BYTES;
    long cost = Space.cost(batch.count(), zpageBytes);
    if (!space.tryTake(cost)) {
      return TierOutcome.FULL;
    }
    TierOutcome outcome = writer.write(batch);
    if (outcome == TierOutcome.STORED) {
      space.alive(cost);
      counters.zpages.add(batch.count());
      counters.zpageBytes.add(zpageBytes);
      counters.storedZpages.add(batch.count());
      counters.storedBytes.add(zpageBytes);
      counters.writtenBytes.add(zpageBytes);
    } else {
      // What may have been written stays taken until its removal is confirmed.
      space.untake(cost - writer.garbageBytes(space));
      counters.errors.add(writer.failure() == null ? 0 : 1);
    }
    return outcome;
  }

  @Override
  public void free(long locator) {
    Group group = closed ? null : groups.pin(locator);
    if (group == null) {
      return;
    }
    try {
      int place = Locators.place(locator);
      int bytes = group.zpageBytes(place);
      if (!group.free(place)) {
        throw new IllegalStateException("no zpage at " + describe(locator));
      }
      space.freed(Space.cost(1, bytes));
      counters.zpages.decrement();
      counters.zpageBytes.add(-bytes);
      unlinker.add(group);
    } finally {
      groups.unpin(group);
    }
  }

  @Override
  public long heldBytes(long locator) {
    Group group = groups.find(locator);
    return group == null ? 0 : group.zpageBytes(Locators.place(locator));
  }

  // ---- backing ----

  @Override
  public long backing(long locator) {
    Group group = groups.find(locator);
    return group == null
        ? NO_BACKING
        : group.backing(Locators.place(locator), Locators.version(locator));
  }

  @Override
  public long rebase(long locator, long backing) {
    Group group = groups.pin(locator);
    if (group == null) {
      return locator;
    }
    try {
      int place = Locators.place(locator);
      int version = group.rebase(place, Locators.version(locator), backing);
      return Locators.pack(group, place, version);
    } finally {
      groups.unpin(group);
    }
  }

  // ---- reclaim ----

  @Override
  public long reclaim(ZpageVisitor visitor, long untouchedSinceNanos) {
    Group group = showing.oldest(untouchedSinceNanos);
    if (group == null && sealOpen()) {
      group = showing.oldest(untouchedSinceNanos);
    }
    return show(group, visitor);
  }

  /** {@inheritDoc} */
  @Override
  public long repatriate(ZpageVisitor visitor) {
    if (settings.isMirrored() || servers.areSound()) {
      return NOTHING;
    }
    Group group = showing.shaky();
    if (group == null && sealOpen()) {
      group = showing.shaky();
    }
    return show(group, visitor);
  }

  private long show(Group group, ZpageVisitor visitor) {
    if (group == null) {
      return NOTHING;
    }
    boolean done = false;
    try {
      showing.visit(group, visitor);
      done = true;
    } finally {
      if (!done) {
        settle(group.number);
      }
    }
    return group.number;
  }

  /** The open group may be the only one left, but cannot be shown while it is written. */
  private boolean sealOpen() {
    if (!storeLock.tryLock()) {
      return false;
    }
    try {
      return writer.sealOpen();
    } finally {
      storeLock.unlock();
    }
  }

  @Override
  public void settle(long region) {
    Group group = groups.numbered(region);
    if (group != null) {
      group.settle();
      groups.recycleIfEmpty(group);
    }
  }

  @Override
  public long usedBytes() {
    return space.liveBytes();
  }

  @Override
  public long limitBytes() {
    return space.limitBytes();
  }

  // ---- the rest ----

  @Override
  public long maintain() {
    if (closed) {
      return 0;
    }
    long now = nanoClock.getAsLong();
    watch.step(now);
    if (watch.takeSuspicion()) {
      suspects.begin();
    }
    long freedBytes = unlinker.step(timeoutNanos);
    boolean unfinished = suspects.step(now);
    return freedBytes == 0 && unfinished ? UNFINISHED : freedBytes;
  }

  @Override
  public String describe(long locator) {
    Group group = groups.find(locator);
    if (group == null) {
      return "a group that is gone";
    }
    Node node = servers.of(group.hashSlot);
    String key = Keys.text(keys.zpage(group.number, Locators.place(locator)));
    return "key " + key + " on " + (node == null ? "no server" : node);
  }

  @Override
  public TierStats stats() {
    return new TierStats(
        settings.name(),
        state(),
        closed ? 0 : counters.zpages.sum(),
        closed ? 0 : counters.zpageBytes.sum(),
        closed ? 0 : space.liveBytes(),
        space.limitBytes(),
        counters.storedZpages.sum(),
        counters.storedBytes.sum(),
        counters.writtenBytes.sum(),
        0,
        0,
        0,
        counters.reads.sum(),
        counters.readBytes.sum(),
        counters.refusals.sum(),
        counters.errors.sum());
  }

  private TierState state() {
    if (closed) {
      return TierState.CLOSED;
    }
    if (!lease.isHeld() || !servers.mayStore() && !servers.areFull()) {
      return TierState.READ_ONLY;
    }
    return space.isFull() || !servers.mayStore() ? TierState.FULL : TierState.OPEN;
  }

  /**
   * Removes what the tier keeps on servers that answer, in bounded time, and ends the connections.
   * Idempotent.
   */
  @Override
  public void close() {
    storeLock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      removeAll();
      client.close();
      groups.close();
    } finally {
      storeLock.unlock();
    }
  }

  private void removeAll() {
    long deadline = System.nanoTime() + LAST_REMOVALS_NANOS;
    for (Group group : groups.all()) {
      group.makeGarbage(group.live());
      unlinker.add(group);
    }
    boolean gains = true;
    while (gains && System.nanoTime() - deadline < 0) {
      gains = unlinker.lastStep(Math.min(timeoutNanos, deadline - System.nanoTime())) > 0;
    }
    try {
      lease.end(servers);
    } catch (RemoteFailure e) {
      counters.errors.increment();
    }
  }
}
