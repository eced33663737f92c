// SPDX-License-Identifier: Apache-2.0
/** Files of the user, cut into pages. */
package io.pagestrata.daemon.input;
