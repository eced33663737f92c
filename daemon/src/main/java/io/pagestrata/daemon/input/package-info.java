// SPDX-License-Identifier: Apache-2.0
/** Files: those of the user, cut into pages, and directories that are gone afterwards. */
package io.pagestrata.daemon.input;
