// Table `window`: small numbers by which people tell the windows on one state file apart.
import { z } from 'zod';
import type { WindowStore } from '../../core/ports/leaseStore.ts';
import type { Connection } from './connection.ts';
import { isGone } from './owner.ts';

const Rows = z.array(z.object({ number: z.int(), owner: z.string() }));

export function createWindowStore(connection: Connection): WindowStore & { leave: () => void } {
  const { db, logger, owner, write } = connection;
  const all = db.prepare('SELECT number, owner FROM window ORDER BY number');
  const remove = db.prepare('DELETE FROM window WHERE number = ?');
  const insert = db.prepare('INSERT INTO window (number, owner) VALUES (?, ?)');
  const leave = db.prepare('DELETE FROM window WHERE owner = ?');
  let joined = false;
  return {
    joinWindow: () =>
      write(() => {
        const rows = Rows.parse(all.all());
        const mine = rows.find((row) => row.owner === owner);
        if (mine) return mine.number;
        const gone = rows.filter((row) => isGone(row.owner));
        for (const row of gone) remove.run(row.number);
        const taken = new Set(rows.filter((row) => !gone.includes(row)).map((row) => row.number));
        let number = 1;
        while (taken.has(number)) number += 1;
        insert.run(number, owner);
        joined = true;
        return number;
      }),
    leave: () => {
      if (!joined) return;
      try {
        leave.run(owner);
      } catch (error) {
        // The next window that joins finds that this process is gone.
        logger.debug(`The window's number could not be given back: ${String(error)}`);
      }
    },
  };
}
