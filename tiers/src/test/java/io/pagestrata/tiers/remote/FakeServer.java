// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server that is asked one thing alone, whether keys exist. Counts how often, and answers at once
 * that all do, or fails as it is told.
 */
final class FakeServer {
  private static final class Answer extends CompletableFuture<Long> implements RedisFuture<Long> {
    @Override
    public String getError() {
      return null;
    }

    @Override
    public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
      try {
        get(timeout, unit);
      } catch (ExecutionException | TimeoutException e) {
        // Only whether it is done counts.
      }
      return isDone();
    }
  }

  int checks;
  RuntimeException failure;

  private Object exists(Object[] keys) {
    checks++;
    Answer answer = new Answer();
    if (failure != null) {
      answer.completeExceptionally(failure);
    } else {
      answer.complete((long) keys.length);
    }
    return answer;
  }

  void connect(Node node) throws RemoteFailure {
    RedisAsyncCommands<byte[], byte[]> commands =
        proxy(RedisAsyncCommands.class, (self, method, args) -> exists((Object[]) args[0]));
    StatefulRedisConnection<byte[], byte[]> connection =
        proxy(
            StatefulRedisConnection.class,
            (self, method, args) -> method.getName().equals("async") ? commands : null);
    node.connect(() -> CompletableFuture.completedFuture(connection), 0);
  }

  @SuppressWarnings("unchecked")
  private static <T> T proxy(Class<?> type, InvocationHandler handler) {
    return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }
}
