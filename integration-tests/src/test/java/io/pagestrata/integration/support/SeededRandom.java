// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import java.util.Random;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Gives a test a {@link Random} and prints its seed when the test fails.
 *
 * <p>The seed comes from the name of the test, so that a run repeats the one before; {@code
 * -Dpagestrata.seed=N} sets another.
 */
public final class SeededRandom implements ParameterResolver, TestWatcher {
  private static final Namespace HERE = Namespace.create(SeededRandom.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Random.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return new Random(seed(context));
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    System.err.printf(
        "%s failed with -Dpagestrata.seed=%d%n", context.getDisplayName(), seed(context));
  }

  private static long seed(ExtensionContext context) {
    return context
        .getStore(HERE)
        .getOrComputeIfAbsent(
            "seed",
            key -> Long.getLong("pagestrata.seed", context.getUniqueId().hashCode()),
            Long.class);
  }
}
