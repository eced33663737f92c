// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One server: a connection for writes and one for reads, so that no read waits behind a batch, and
 * what is known about it. Commands are sent at once and answered later. Thread-safe; connected and
 * judged by the {@link Watch} alone.
 */
final class Node {
  /** A replica that was behind is given time to catch up. */
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(5);

  final String address;
  final Breaker breaker;
  private final LongSupplier nanoClock;

  /** What it was when it was last looked at. */
  volatile Incarnation incarnation;

  /** Whether it takes writes and has no policy that drops keys. */
  volatile boolean trusted;

  /** Whether its memory is used up. */
  volatile boolean full;

  /** Whether, without mirrors, it flaps or fewer replicas follow it than are wanted. */
  volatile boolean unsteady;

  /** Whether a zpage was not there, or was another one. */
  volatile boolean missed;

  /** What a command met that only a person can mend, in words; null when it was long ago. */
  volatile String mistake;

  /** Keys whose removal was sent; counted by the {@link Unlinker} alone. */
  volatile long removedKeys;

  /** Whether a write was acknowledged by too few replicas, and when that was last. */
  private volatile boolean late;

  private volatile long lateNanos;

  /** The present connection for writes. */
  private volatile Line line;

  private volatile StatefulRedisConnection<byte[], byte[]> writes;
  private volatile StatefulRedisConnection<byte[], byte[]> reads;

  Node(String address, LongSupplier nanoClock) {
    this.address = address;
    this.nanoClock = nanoClock;
    breaker = new Breaker(nanoClock);
    line = newLine();
  }

  private Line newLine() {
    return new Line(nanoClock.getAsLong());
  }

  /** Connects what is not connected yet; from then on the client reconnects by itself. */
  void connect(
      Supplier<CompletableFuture<StatefulRedisConnection<byte[], byte[]>>> opener,
      long timeoutNanos)
      throws RemoteFailure {
    long deadline = System.nanoTime() + timeoutNanos;
    if (reads == null) {
      reads = Replies.await(address, opener.get(), deadline);
    }
    if (writes == null) {
      StatefulRedisConnection<byte[], byte[]> connection =
          Replies.await(address, opener.get(), deadline);
      connection.addListener(new LineChange());
      line = newLine();
      writes = connection;
    }
  }

  /** Before the client sends anything on the new connection. */
  private final class LineChange implements RedisConnectionStateListener {
    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
      line = newLine();
    }
  }

  Line line() {
    return line;
  }

  /** Whether all that was ever sent to it is done, or will never be. */
  boolean isSettled() {
    return line.isSettled(nanoClock.getAsLong()) && breaker.isClosedFor(Line.LATEST_NANOS);
  }

  boolean isConnected() {
    return writes != null;
  }

  boolean mayRead() {
    return isConnected() && !breaker.isOpen();
  }

  boolean mayStore() {
    return mayRead() && trusted && !full && !isShaky();
  }

  /** Why it takes nothing, in words. */
  String obstacle() {
    String why =
        !mayRead()
            ? " does not answer"
            : !trusted ? " is being checked" : full ? " is full" : " has too few replicas";
    return address + why;
  }

  /** Takes note of a write that too few replicas acknowledged in time. */
  void replicasAreLate() {
    lateNanos = nanoClock.getAsLong();
    late = true;
  }

  /** Whether what alone makes pages safe there is not as it should be; never with mirrors. */
  boolean isShaky() {
    return unsteady || late && nanoClock.getAsLong() - lateNanos < LATE_NANOS;
  }

  /** Sends a command to the read connection; what cannot even be sent fails in the same way. */
  <T> RedisFuture<T> read(Function<RedisAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
    return command.apply(reads.async());
  }

  /** Sends a command to the write connection. */
  <T> RedisFuture<T> write(Function<RedisAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
    return command.apply(writes.async());
  }

  RedisFuture<String> store(StoreArgs pairs) {
    StatusOutput<byte[], byte[]> output = new StatusOutput<>(ByteArrayCodec.INSTANCE);
    return write(commands -> commands.dispatch(CommandType.MSET, output, pairs));
  }

  RedisFuture<Long> awaitReplicas(int replicas, long millis) {
    return write(commands -> commands.waitForReplication(replicas, millis));
  }

  RedisFuture<byte[]> get(byte[] key) {
    return read(commands -> commands.get(key));
  }

  RedisFuture<List<KeyValue<byte[], byte[]>>> getAll(byte[][] keys) {
    return read(commands -> commands.mget(keys));
  }

  /** Behind the writes, so that it removes what one of them may still bring. */
  RedisFuture<Long> unlink(byte[][] keys) {
    return write(commands -> commands.unlink(keys));
  }

  /** Waits for an answer and tells the breaker how that went. */
  <T> T await(RedisFuture<T> reply, long timeoutNanos) throws RemoteFailure {
    try {
      T answer = Replies.await(address, reply, System.nanoTime() + timeoutNanos);
      breaker.answered();
      return answer;
    } catch (RemoteFailure e) {
      full |= e.kind == RemoteFailure.Kind.FULL;
      breaker.failed(e.kind);
      if (e.kind == RemoteFailure.Kind.CONFIG) {
        mistake = e.getMessage();
      }
      throw e;
    }
  }

  @Override
  public String toString() {
    return address;
  }
}
