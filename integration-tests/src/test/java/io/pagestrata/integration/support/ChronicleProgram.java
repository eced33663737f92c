// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.Pagestrata;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A program that uses a store with the zpool {@code chronicle} for a moment and tells of every
 * attempt to reach a host: each ends in an exception and a line.
 */
public final class ChronicleProgram {
  public static final String DONE = "done";
  private static final int PAGES = 2000;
  private static final int INODE_COLUMN = 9;

  private ChronicleProgram() {}

  public static void main(String[] args) throws IOException {
    ProxySelector.setDefault(new Telltale());
    try (PageStore store =
        Pagestrata.builder().ram(ram -> ram.maxSize("16MiB").zpool("chronicle")).open()) {
      Pool pool = store.createPool("pages", PoolKind.EPHEMERAL);
      ByteBuffer page = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
      for (int i = 0; i < PAGES; i++) {
        page.putLong(0, i).putLong(2000, ~i);
        store.put(pool, 0, i, page);
      }
      for (int i = 0; i < PAGES; i++) {
        if (!store.get(pool, 0, i, page) || page.getLong(0) != i) {
          System.out.println("lost page " + i);
        }
      }
      tellSockets();
      System.out.println(DONE);
    } catch (InvalidConfigurationException e) {
      e.problems().forEach(System.out::println);
    }
  }

  /** The JDK asks it before it connects a socket or a URL. */
  private static final class Telltale extends ProxySelector {
    @Override
    public List<Proxy> select(URI uri) {
      System.out.println("contacts " + uri);
      throw new IllegalArgumentException("no contacts");
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException reason) {
      System.out.println("contacted " + uri);
    }
  }

  /** Channels do not ask; what they open are files of this process, which the network knows. */
  private static void tellSockets() throws IOException {
    Path files = Path.of("/proc/self/fd");
    if (!Files.isDirectory(files)) {
      return;
    }
    Set<String> ofNetwork = new HashSet<>();
    for (String protocol : List.of("tcp", "tcp6", "udp", "udp6")) {
      Path table = Path.of("/proc/self/net", protocol);
      if (Files.isReadable(table)) {
        for (String line : Files.readAllLines(table)) {
          ofNetwork.add("socket:[" + line.strip().split(" +")[INODE_COLUMN] + "]");
        }
      }
    }
    try (Stream<Path> open = Files.list(files)) {
      for (Path file : open.filter(Files::isSymbolicLink).toList()) {
        if (Files.exists(file) && ofNetwork.contains(Files.readSymbolicLink(file).toString())) {
          System.out.println("has a socket open");
        }
      }
    }
  }
}
