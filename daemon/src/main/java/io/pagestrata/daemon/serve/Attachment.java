// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.serve;

import io.pagestrata.config.ExportConfig;
import io.pagestrata.config.ListenAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * How a client names one export at one address. Immutable.
 *
 * @param address where the daemon listens, with the port that it really got
 * @param everywhere whether it listens on every address of this machine, of which the address is
 *     the one that this machine can use
 * @param export what it serves there
 * @param encrypted whether the client must ask for TLS
 */
public record Attachment(
    ListenAddress address, boolean everywhere, ExportConfig export, boolean encrypted) {
  private static final int BLOCK_BYTES = 4096;

  /**
   * The NBD URI, as libnbd, nbdinfo, nbdcopy and QEMU take it.
   *
   * @return such as {@code nbd://127.0.0.1:10809/default}
   */
  public String uri() {
    String scheme = encrypted ? "nbds" : "nbd";
    if (address instanceof ListenAddress.Unix unix) {
      String path = unix.path().toAbsolutePath().toString();
      return scheme + "+unix:///" + export.name() + "?socket=" + escaped(path);
    }
    return scheme + "://" + address.text() + "/" + export.name();
  }

  /**
   * The command that makes a block device of this machine out of it.
   *
   * @return a line for a shell
   */
  public String nbdClient() {
    String place =
        address instanceof ListenAddress.Tcp tcp
            ? tcp.host() + " " + tcp.port()
            : "-unix " + quoted(((ListenAddress.Unix) address).path().toAbsolutePath().toString());
    return "nbd-client " + place + " /dev/nbd0 -N " + export.name() + " -b " + BLOCK_BYTES;
  }

  /**
   * The option that gives it to a guest as a disk.
   *
   * @return options for QEMU
   */
  public String qemu() {
    return "-drive " + quoted("file=" + uri() + ",format=raw,if=virtio,discard=unmap");
  }

  private static String escaped(String path) {
    return URLEncoder.encode(path, StandardCharsets.UTF_8).replace("%2F", "/").replace("+", "%20");
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:@+=,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
