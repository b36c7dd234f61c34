import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The document whose blocks are pasted. */
const source = readFileSync(fileURLToPath(new URL('../seed/blocks.md', import.meta.url)), 'utf8');

/** The changes that the guide allows: the first cells of its table "Pasting into Next.js". */
export type Change =
  | 'imports'
  | "'use client'"
  | 'html and body'
  | 'a component around'
  | 'an effect'
  | 'one unsubscribe'
  | 'the QueryClient'
  | 'types'
  | 'no data yet'
  | 'params'
  | 'placeholders';

/** One place of a block that is changed. */
interface Edit {
  change: Change;
  from: string;
  to: string;
}

/** A block on its way into a file of the app. */
class Paste {
  readonly edits: Edit[] = [];

  constructor(
    readonly block: string,
    readonly file: string,
  ) {}

  replace(change: Change, from: string, to: string): this {
    this.edits.push({ change, from, to });
    return this;
  }

  /** It goes into another file than the document says. */
  moved(change: Change): this {
    return this.before(change, '');
  }

  before(change: Change, text: string): this {
    return this.replace(change, '', text);
  }

  /** Puts the block into a component, which returns nothing or what the block ends with. */
  component(name: string, returns = 'return null;'): this {
    return this.replace('a component around', this.block, wrapped(name, this.block, returns));
  }

  /** The file's text. */
  get text(): string {
    return this.edits.reduce((text, { from, to }) => {
      if (from === '') return to + text;
      if (!text.includes(from)) throw new Error(`${this.file} has no ${JSON.stringify(from)}`);
      return text.replace(from, () => to);
    }, this.block);
  }
}

const wrapped = (name: string, code: string, returns: string) =>
  `export function ${name}() {\n${code}${returns}\n}\n`;

/** A component that renders what a block is: an expression. */
const rendered = (name: string, code: string, props = '') =>
  `export function ${name}(${props}) {\n  return (\n    <>\n${code}    </>\n  );\n}\n`;

/** The fenced blocks that name a language, in order. */
const blocks = Array.from(source.matchAll(/^```\w+\n([\s\S]*?)^```$/gm), ([, code = '']) => code);

/** All blocks are pasted; a test says so. */
export const BLOCKS = blocks.length;

const HOOKS = "'use client';\nimport { useRealtimeSync } from '@/hooks/useRealtimeSync';\n";
const CHILDREN = '{ children }: { children: ReactNode }';
const PROVIDER =
  "'use client';\nimport type { ReactNode } from 'react';\nimport { WebSocketProvider } from '@/lib/websocket';\n";

/** A block of a name, into a file. */
const paste = (index: number, file: string) => new Paste(blocks[index] ?? '', file);

/** Imports and 'use client', above a block. */
const withHooks = (each: Paste) =>
  each
    .before('imports', HOOKS.split('\n').slice(1).join('\n'))
    .before("'use client'", "'use client';\n");

/** The provider around children, with what a block passes to it. */
const withProvider = (each: Paste, name: string) =>
  each
    .replace('a component around', each.block, rendered(name, each.block, CHILDREN))
    .before('imports', PROVIDER.split('\n').slice(1).join('\n'))
    .before("'use client'", "'use client';\n");

/**
 * Every block, the file that it goes into, and what has to be changed.
 *
 * @param url - Where the hub is, for what the document leaves open.
 */
export function pastes(url: string): Paste[] {
  return [
    paste(0, 'app/layout.tsx')
      .replace('types', '{ children }', CHILDREN)
      .replace('html and body', '    <AuthProvider>', '    <html lang="en"><body><AuthProvider>')
      .replace('html and body', '    </AuthProvider>', '    </AuthProvider></body></html>')
      .replace(
        'the QueryClient',
        '  return (',
        '  const queryClient = getQueryClient();\n  return (',
      )
      .before(
        'imports',
        [
          "import type { ReactNode } from 'react';",
          "import { QueryClientProvider } from '@tanstack/react-query';",
          "import { AuthProvider } from '@/lib/context/AuthContext';",
          "import { getQueryClient } from '@/lib/query-client';\n",
        ].join('\n'),
      )
      .before("'use client'", "'use client';\n"),

    // The document has it as page.tsx.
    paste(1, 'app/lists/[id]/ListDetailPage.tsx')
      .moved('params')
      .replace(
        'imports',
        "'use client';\n",
        "'use client';\nimport { useQuery } from '@tanstack/react-query';\nimport { apiClient } from '@/lib/api/client';\nimport type { ListItem } from '@/lib/api/types';\n",
      )
      .replace('types', 'apiClient.get(', 'apiClient.get<ListItem[]>(')
      .replace(
        'placeholders',
        '{/* Kanban board */}',
        '{items?.map(({ id, name }) => <p key={id}>{name}</p>)}',
      ),

    paste(2, 'components/pasted/Low.tsx')
      .replace('one unsubscribe', 'subscribe, unsubscribe, connect', 'subscribe, connect')
      .replace('an effect', '// Subscribe to topic', 'useEffect(() => {')
      .replace(
        'an effect',
        '// Unsubscribe\nunsubscribe();\n',
        'return unsubscribe;\n}, [subscribe]);\n',
      )
      .replace('a component around', 'const { state,', 'export function Low() {\nconst { state,')
      .replace(
        'a component around',
        "| 'error'\n",
        "| 'error'\nreturn <button onClick={state === 'connected' ? disconnect : connect}>{state}</button>;\n}\n",
      )
      .before(
        'imports',
        "import { useEffect } from 'react';\nimport { useWebSocket } from '@/lib/websocket';\n",
      )
      .before("'use client'", "'use client';\n"),

    withHooks(paste(3, 'components/pasted/Invalidation.tsx').component('Invalidation')),

    withHooks(
      paste(4, 'components/pasted/Direct.tsx')
        .component('Direct')
        .replace('types', '(old: Gift[])', '(old: Gift[] | undefined)')
        .replace(
          'no data yet',
          'return [...old, event.data.payload];',
          'return old && [...old, event.data.payload];',
        )
        .before('imports', "import type { Gift } from '@/lib/api/gift';\n"),
    ),

    paste(5, 'components/pasted/options.ts')
      .replace('types', '(event, client)', '(event: WSEvent, client: QueryClient)')
      .before(
        'imports',
        "import type { QueryClient, QueryKey } from '@tanstack/react-query';\nimport type { WSEvent, WSEventType } from '@/lib/websocket';\nexport ",
      ),

    paste(6, 'components/pasted/Polling.tsx')
      .component('Polling')
      .before('imports', "import { usePollingFallback } from '@/hooks/useRealtimeSync';\n")
      .before("'use client'", "'use client';\n"),

    paste(7, 'components/pasted/Indicators.tsx')
      .replace(
        'imports',
        'import { ConnectionIndicator }',
        'import { ConnectionIndicator, ConnectionIndicatorCompact }',
      )
      .replace(
        'a component around',
        '// Full indicator\n',
        'export function Indicators() {\nreturn <>\n',
      )
      .replace('a component around', '// Compact icon only\n', '')
      .replace('a component around', '// Hide when connected\n', '')
      .replace('a component around', 'hideWhenConnected />\n', 'hideWhenConnected />\n</>;\n}\n')
      .before("'use client'", "'use client';\n"),

    paste(8, 'components/pasted/event.ts').before('imports', 'export '),
    paste(9, 'components/pasted/state.ts').before('imports', 'export '),
    paste(10, '.env.local').replace('placeholders', 'ws://localhost:8000/ws', url),

    withProvider(paste(11, 'components/pasted/Provider.tsx'), 'Tuned').replace(
      'placeholders',
      'wss://api.example.com/ws',
      url,
    ),

    paste(12, 'hooks/useGifts.ts')
      .replace('types', 'apiClient.get(', 'apiClient.get<Gift[]>(')
      .before(
        'imports',
        "import { useQuery } from '@tanstack/react-query';\nimport { useRealtimeSync } from '@/hooks/useRealtimeSync';\nimport { apiClient } from '@/lib/api/client';\nimport type { Gift } from '@/lib/api/gift';\n",
      ),

    paste(13, 'hooks/useUpdateGift.ts')
      .replace('types', '(data) =>', '(data: Gift) =>')
      .before(
        'imports',
        "import { useMutation, useQueryClient } from '@tanstack/react-query';\nimport { apiClient } from '@/lib/api/client';\nimport type { Gift } from '@/lib/api/gift';\n",
      ),

    withHooks(paste(14, 'components/pasted/Debounced.tsx').component('Debounced')),
    withHooks(paste(15, 'components/pasted/Selective.tsx').component('Selective')),
    withProvider(paste(16, 'components/pasted/Debug.tsx'), 'Debug'),
    withHooks(paste(17, 'components/pasted/Received.tsx').component('Received')),
  ];
}

/** The app's own places that stand for the package, in the imports of what is pasted. */
const PLACES =
  /^((?:import|export) .* from )'@\/(?:lib\/websocket|hooks\/useRealtimeSync|components\/websocket\/ConnectionIndicator)';$/gm;

/** The same text with the package in place of the app's re-exports. */
export const fromPackage = (text: string) => text.replace(PLACES, "$1'@tidings/react';");
