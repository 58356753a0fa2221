export * from '@waybill/testing'
