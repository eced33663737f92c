// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.UpperTier;
import io.pagestrata.daemon.redis.LocalServer;
import io.pagestrata.integration.support.TestServers;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteTier;
import io.pagestrata.tiers.remote.RemoteUri;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The remote tier keeps the contract of tiers that give zpages up, with a real server. */
class RemoteTierTest extends RegionContract {
  private static LocalServer server;

  @BeforeAll
  static void startServer() throws IOException {
    server = TestServers.open();
  }

  @AfterAll
  static void endServer() throws IOException {
    server.close();
  }

  @Override
  protected UpperTier open(Path directory) throws IOException {
    RemoteSettings.Access access = RemoteSettings.Access.to(RemoteUri.parse(server.uri()));
    return new RemoteTier(
        RemoteSettings.of(access, "contract", LIMIT_BYTES, Zpages.PAGE_BYTES)
            .withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20)),
        new MemoryBudget(LIMIT_BYTES),
        System::nanoTime);
  }
}
