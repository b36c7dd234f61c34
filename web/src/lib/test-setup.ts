import { configure } from '@testing-library/react';

// What is awaited on a busy machine may take longer than a second.
configure({ asyncUtilTimeout: 30_000 });
