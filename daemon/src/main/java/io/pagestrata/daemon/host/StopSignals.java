// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.host;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Waits for SIGINT, SIGTERM or SIGHUP. The first asks for a stop, a second SIGINT or SIGTERM ends
 * the process at once. Thread-safe.
 *
 * <p>Shutdown hooks know of no second signal, so this takes the signals themselves. Their class is
 * part of the supported module {@code jdk.unsupported}, but javac warns of it at every use, with no
 * way to say that it is meant: hence the reflection.
 */
public final class StopSignals implements AutoCloseable {
  private static final int STATUS_OF_SIGNALS = 128;
  private static final String HANG_UP = "HUP";
  private static final Map<String, Integer> NUMBERS = Map.of("INT", 2, "TERM", 15, "HUP", 1);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final AtomicInteger seen = new AtomicInteger();
  private final IntConsumer end;
  private final Map<String, Object> handlersBefore = new LinkedHashMap<>();

  /** Starts listening, with a second signal ending this process. */
  public StopSignals() {
    this(Runtime.getRuntime()::halt);
  }

  /**
   * Starts listening.
   *
   * @param end takes the exit status at the second signal
   */
  StopSignals(IntConsumer end) {
    this.end = end;
    for (String name : List.of("INT", "TERM", HANG_UP)) {
      handlersBefore.put(name, handle(name, handler(NUMBERS.get(name))));
    }
  }

  /**
   * Waits for the first signal.
   *
   * @throws InterruptedException when the calling thread is interrupted
   */
  public void await() throws InterruptedException {
    asked.await();
  }

  private void arrived(int number) {
    asked.countDown();
    if (number != NUMBERS.get(HANG_UP) && seen.incrementAndGet() > 1) {
      end.accept(STATUS_OF_SIGNALS + number);
    }
  }

  private Object handler(int number) {
    Class<?> type = type("sun.misc.SignalHandler");
    return Proxy.newProxyInstance(
        StopSignals.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          switch (method.getName()) {
            case "handle" -> arrived(number);
            case "hashCode" -> {
              return System.identityHashCode(proxy);
            }
            case "equals" -> {
              return proxy == arguments[0];
            }
            default -> {
              return "stops on signal " + number;
            }
          }
          return null;
        });
  }

  private static Object handle(String name, Object handler) {
    Class<?> signal = type("sun.misc.Signal");
    try {
      return signal
          .getMethod("handle", signal, type("sun.misc.SignalHandler"))
          .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("signal " + name + " is taken, by -Xrs perhaps", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM has no signals", e);
    }
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("this JVM has no signals", e);
    }
  }

  /** Gives the signals back to whoever had them before. */
  @Override
  public void close() {
    handlersBefore.forEach(StopSignals::handle);
  }
}
