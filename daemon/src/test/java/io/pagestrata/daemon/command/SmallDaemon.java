// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file of a daemon whose RAM is soon full, and where its socket is: in one directory. */
record SmallDaemon(Path directory) {
  Path socket() {
    return directory.resolve("nbd.sock");
  }

  /**
   * Writes the file.
   *
   * @param durability of the store
   * @param segments directory of its file tier
   * @param storeLine one more line about the store
   * @param fileLines more lines about its file tier
   */
  Path config(String durability, Path segments, String storeLine, String... fileLines)
      throws IOException {
    return Files.writeString(
        directory.resolve(durability + ".yaml"),
        """
        durability: %s
        %s
        tiers:
          - type: ram
            max-size: 4MiB
            pre-touch: false
          - type: file
            directory: '%s'
            max-size: 64MiB
            %s
        writeback:
          ring-slots: 2
          batch-size: 128KiB
        exports:
          - name: default
            size: 64MiB
        server:
          listen: ['unix:%s']
        """
            .formatted(
                durability, storeLine, segments, String.join("\n    ", fileLines), socket()));
  }
}
